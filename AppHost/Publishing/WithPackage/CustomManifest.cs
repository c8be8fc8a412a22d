using System.Text.Json;
using Aspire.Hosting.Kubernetes.Resources;
using k8s;
using k8s.Models;

namespace Observability.AppHost.Publishing;

/// <summary>A Kubernetes object of a kind that Aspire has no usable type for.</summary>
/// <remarks>
/// Aspire 13.6 has none for ServiceMonitor and PodDisruptionBudget, and its HorizontalPodAutoscaler writes an object for each metric
/// source that is not meant, which the API server refuses.
/// </remarks>
internal sealed class CustomManifest : BaseKubernetesResource
{
    private CustomManifest(IKubernetesObject<V1ObjectMeta> item, object spec)
        : base(item.ApiVersion, item.Kind)
    {
        Metadata.Name = item.Metadata.Name;
        Spec = spec;
    }

    /// <summary>The specification: dictionaries, lists and scalars.</summary>
    public object Spec { get; }

    /// <summary>Makes an object of the one that KubernetesClient has a type for.</summary>
    public static CustomManifest Of<TSpec>(IKubernetesObject<V1ObjectMeta> item,
        TSpec spec) => new(item, Plain(JsonElement.Parse(KubernetesJson.Serialize(spec)))!);

    private static object? Plain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().ToDictionary(field => field.Name, field => Plain(field.Value)),
        JsonValueKind.Array => element.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.Number => element.GetInt64(),
        JsonValueKind.True or JsonValueKind.False => element.GetBoolean(),
        _ => element.GetString(),
    };
}
