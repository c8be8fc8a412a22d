using System.Text.Json;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| json a="b.c[0]"</c>: the named values, empty where there are none.</summary>
internal sealed class JsonExpressionStep(JsonStage stage) : IPipelineStep
{
    private readonly (string Label, IReadOnlyList<object> Path)[] _extractions = [.. stage.Extractions.Select(
        e => (e.Label, JsonPath.Parse(e.Expression)))];

    public bool Process(Line line)
    {
        if (line.Text.IsEmpty || line.Hints.NeedsNothing(line))
            return true;
        if (line.Text.Span[0] is not ((byte)'"' or (byte)'{' or (byte)'['))
        {
            line.SetParserError(JsonStep.ErrorType, null);
            return true;
        }

        var found = 0;
        try
        {
            using var document = JsonDocument.Parse(line.Text);
            foreach (var (label, path) in _extractions)
            {
                if (Find(document.RootElement, path) is not { } value)
                    continue;
                line.SetParsed(line.NameForParsed(label), Text(value));
                found++;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Loki looks for the values without reading the whole: a fault is none of them.
        }

        for (var i = 0; found < _extractions.Length && i < _extractions.Length; i++)
        {
            if (line.Find(_extractions[i].Label) is null)
                line.SetParsed(_extractions[i].Label, "");
        }

        return true;
    }

    private static JsonElement? Find(JsonElement value, IReadOnlyList<object> path)
    {
        foreach (var part in path)
        {
            var found = part switch
            {
                string name => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out value),
                int index =>
                    value.ValueKind == JsonValueKind.Array && index < value.GetArrayLength()
                    && (value = value[index]).ValueKind != JsonValueKind.Undefined,
                _ => false,
            };
            if (!found)
                return null;
        }

        return value;
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
