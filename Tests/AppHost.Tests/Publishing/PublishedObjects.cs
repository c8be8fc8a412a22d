using System.Text.Json.Nodes;
using k8s;
using Observability.AppHost.Publishing;

namespace Observability.AppHost.Tests.Publishing;

/// <summary>What a cluster would be given, read with the typed model of its API: a field that the API does not know fails.</summary>
internal static class PublishedObjects
{
    private static readonly Dictionary<string, Type> CustomResources =
        new() { ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor) };

    /// <summary>The objects in rendered templates.</summary>
    public static List<object> Load(string yaml) => KubernetesYaml.LoadAllFromString(yaml, CustomResources, strict: true);

    /// <summary>The objects of a chart by the path of their template.</summary>
    public static SortedDictionary<string, object> Of(string directory, params IEnumerable<(string Path, string Value)> set) =>
        new(ChartTemplates.Render(directory, set).ToDictionary(template => template.Key, template => Load(template.Value).Single()),
            StringComparer.Ordinal);

    /// <summary>An object as text that is equal for equal objects.</summary>
    public static string Canonical(object value) =>
        Sort(JsonNode.Parse(KubernetesJson.Serialize(value)))!.ToJsonString(new() { WriteIndented = true });

    private static JsonNode? Sort(JsonNode? node) => node switch
    {
        JsonObject fields =>
            new JsonObject(fields.Where(field => field.Value is not null).OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => KeyValuePair.Create(field.Key, Sort(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sort)]),
        _ => node?.DeepClone(),
    };
}
