using Aspire.Hosting.Kubernetes.Resources;

namespace Observability.AppHost.Publishing;

/// <summary>A Kubernetes object of a kind that Aspire has no usable type for.</summary>
/// <remarks>
/// Aspire 13.5 has none for ServiceMonitor and PodDisruptionBudget, and its HorizontalPodAutoscaler writes an object for each metric
/// source that is not meant, which the API server refuses.
/// </remarks>
internal sealed class CustomManifest : BaseKubernetesResource
{
    /// <summary>Makes an object.</summary>
    /// <param name="apiVersion">The API version.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="spec">The specification: dictionaries, lists and scalars.</param>
    public CustomManifest(string apiVersion, string kind, string name, Dictionary<string, object> spec)
        : base(apiVersion, kind)
    {
        Metadata.Name = name;
        Spec = spec;
    }

    /// <summary>The specification.</summary>
    public Dictionary<string, object> Spec { get; }
}
