using System.Text.Json.Nodes;

namespace Observability.Deploy.Tests.Wiring;

/// <summary>Kubernetes' label selectors, as far as deploy uses them.</summary>
internal static class LabelSelector
{
    public static bool Matches(JsonNode selector, JsonObject labels)
    {
        foreach (var (key, value) in selector["matchLabels"] as JsonObject ?? [])
        {
            if (labels[key]?.ToString() != value!.ToString())
                return false;
        }

        foreach (var expression in selector["matchExpressions"] as JsonArray ?? [])
        {
            Assert.Equal("In", expression!["operator"]!.GetValue<string>());
            if (!expression["values"]!.AsArray().Any(value => value!.ToString() == labels[expression["key"]!.GetValue<string>()]?.ToString()))
                return false;
        }

        return true;
    }
}
