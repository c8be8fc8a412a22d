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
            var value = labels[expression!["key"]!.GetValue<string>()]?.ToString();
            var listed = (expression["values"] as JsonArray ?? []).Any(item => item!.ToString() == value);
            var holds = expression["operator"]!.GetValue<string>() switch
            {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => value is not null,
                "DoesNotExist" => value is null,
                var unknown => throw new NotSupportedException($"The operator {unknown} of a label selector."),
            };
            if (!holds)
                return false;
        }

        return true;
    }
}
