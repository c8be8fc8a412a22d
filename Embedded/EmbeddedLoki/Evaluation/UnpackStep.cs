using System.Text;
using System.Text.Json;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| unpack</c></summary>
internal sealed class UnpackStep : IPipelineStep
{
    private const string EntryKey = "_entry";

    public bool Process(Line line)
    {
        if (line.Text.IsEmpty || line.Hints.NeedsNothing(line))
            return true;
        if (line.Text.Span[0] != '{')
        {
            line.SetParserError(JsonStep.ErrorType, "expecting json object(6), but it is not");
            return true;
        }

        string? entry = null;
        var labels = new List<KeyValuePair<string, string>>();
        var reader = new Utf8JsonReader(line.Text.Span);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString()!;
                reader.Read();
                if (reader.TokenType != JsonTokenType.String)
                    reader.Skip();
                else if (key == EntryKey)
                    entry = reader.GetString();
                else
                    labels.Add(KeyValuePair.Create(key, reader.GetString()!));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            line.SetParserError(JsonStep.ErrorType, JsonStep.Explain(line.Text.Span));
            return true;
        }

        // What was not packed stays as it is.
        if (entry is null)
            return true;
        foreach (var (name, value) in labels)
            line.AddParsed(Labels.LabelName.Sanitize(name, first: true), value);
        line.Text = Encoding.UTF8.GetBytes(entry);
        return true;
    }
}
