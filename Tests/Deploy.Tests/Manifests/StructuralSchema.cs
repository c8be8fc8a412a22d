using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Observability.Deploy.Tests.Manifests;

/// <summary>The part of OpenAPI that a custom resource definition's schema uses. Stricter than the API server in one thing: an unknown
/// field is an error, where the server drops it.</summary>
internal static class StructuralSchema
{
    public static IEnumerable<string> Errors(JsonNode? value, JsonNode schema, string path)
    {
        if (value is null)
        {
            if (schema["nullable"]?.GetValue<bool>() != true)
                yield return $"{path} is null";
            yield break;
        }

        var errors = value switch
        {
            JsonObject map => MapErrors(map, schema, path),
            JsonArray list => ListErrors(list, schema, path),
            _ => ScalarErrors(value.AsValue(), schema, path),
        };
        foreach (var error in errors)
            yield return error;
    }

    private static IEnumerable<string> MapErrors(JsonObject map, JsonNode schema, string path)
    {
        if (TypeOf(schema) is { } type && type != "object")
            yield return $"{path} is an object, not {type}";

        foreach (var name in (schema["required"] as JsonArray ?? []).Select(required => required!.GetValue<string>()))
        {
            if (!map.ContainsKey(name))
                yield return $"{path}.{name} is required";
        }

        var properties = schema["properties"] as JsonObject;
        var others = schema["additionalProperties"];
        var open = schema["x-kubernetes-preserve-unknown-fields"]?.GetValue<bool>() == true
            || schema["x-kubernetes-embedded-resource"] is not null;
        foreach (var (name, value) in map)
        {
            if (properties?[name] is { } property)
            {
                foreach (var error in Errors(value, property, $"{path}.{name}"))
                    yield return error;
            }
            else if (others is JsonObject)
            {
                foreach (var error in Errors(value, others, $"{path}.{name}"))
                    yield return error;
            }
            else if (!open && others?.GetValueKind() != JsonValueKind.True)
            {
                yield return $"{path}.{name} is no known field";
            }
        }
    }

    private static IEnumerable<string> ListErrors(JsonArray list, JsonNode schema, string path)
    {
        if (TypeOf(schema) is { } type && type != "array")
            yield return $"{path} is a list, not {type}";
        if (schema["minItems"]?.GetValue<int>() > list.Count)
            yield return $"{path} has only {list.Count} items";
        if (schema["items"] is not { } items)
            yield break;
        for (var i = 0; i < list.Count; i++)
        {
            foreach (var error in Errors(list[i], items, $"{path}[{i}]"))
                yield return error;
        }
    }

    private static IEnumerable<string> ScalarErrors(JsonValue value, JsonNode schema, string path)
    {
        var kind = value.GetValueKind();
        if (schema["x-kubernetes-int-or-string"]?.GetValue<bool>() == true)
        {
            if (kind is not (JsonValueKind.Number or JsonValueKind.String))
                yield return $"{path} is {kind}, not a number or a string";
            yield break;
        }

        var fits = TypeOf(schema) switch
        {
            "string" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "integer" => kind == JsonValueKind.Number && !value.ToJsonString().Contains('.', StringComparison.Ordinal),
            "number" => kind == JsonValueKind.Number,
            null => true,
            _ => false,
        };
        if (!fits)
            yield return $"{path} is {value.ToJsonString()}, not {TypeOf(schema)}";
        if (schema["enum"] is JsonArray accepted && !accepted.Any(item => JsonNode.DeepEquals(item, value)))
            yield return $"{path} is {value.ToJsonString()}, not one of {accepted.ToJsonString()}";
        if (schema["pattern"]?.GetValue<string>() is { } pattern && kind == JsonValueKind.String
            && !Regex.IsMatch(value.GetValue<string>(), pattern))
            yield return $"{path} is {value.ToJsonString()}, which does not match {pattern}";
        if (kind == JsonValueKind.Number && schema["minimum"] is JsonValue minimum && Number(value) < Number(minimum))
            yield return $"{path} is {value.ToJsonString()}, less than {minimum.ToJsonString()}";
        if (kind == JsonValueKind.Number && schema["maximum"] is JsonValue maximum && Number(value) > Number(maximum))
            yield return $"{path} is {value.ToJsonString()}, more than {maximum.ToJsonString()}";
    }

    private static string? TypeOf(JsonNode schema) => schema["type"]?.GetValue<string>();

    private static double Number(JsonValue value) => JsonSerializer.Deserialize<double>(value);
}
