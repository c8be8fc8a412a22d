using System.Text.Json;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| json</c>: nested fields are joined by underscores, arrays are left out unless an expression names them.</summary>
internal sealed class JsonStep(JsonStage stage) : IPipelineStep
{
    private readonly (string Label, IReadOnlyList<object> Path)[] _extractions = [.. stage.Extractions.Select(e => (e.Label, JsonPath.Parse(e.Expression)))];

    public bool Process(Line line)
    {
        try
        {
            using var document = JsonDocument.Parse(line.Text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                line.SetError("JSONParserErr", "expecting json object");
            else if (_extractions.Length == 0)
                Flatten(line, document.RootElement, "");
            else
                Extract(line, document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            line.SetError("JSONParserErr", exception.Message);
        }

        return true;
    }

    private static void Flatten(Line line, JsonElement value, string prefix)
    {
        foreach (var property in value.EnumerateObject())
        {
            var name = prefix.Length == 0
                ? LabelName.Sanitize(property.Name, first: true)
                : $"{prefix}_{LabelName.Sanitize(property.Name, first: false)}";
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Flatten(line, property.Value, name);
                    break;
                case JsonValueKind.Array or JsonValueKind.Null:
                    break;
                default:
                    line.AddParsed(name, Text(property.Value));
                    break;
            }
        }
    }

    private void Extract(Line line, JsonElement root)
    {
        foreach (var (label, path) in _extractions)
        {
            var value = root;
            var found = true;
            foreach (var part in path)
            {
                found = part switch
                {
                    string name => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out value),
                    int index => value.ValueKind == JsonValueKind.Array && index < value.GetArrayLength() && (value = value[index]).ValueKind != JsonValueKind.Undefined,
                    _ => false,
                };
                if (!found)
                    break;
            }

            line.AddParsed(label, found ? Text(value) : "");
        }
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
