using System.Text;
using System.Text.Json;
using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| json</c>: nested fields are joined by underscores, arrays are left out; what was read before a fault is kept.</summary>
/// <param name="paths">Told where each label was found; null when nobody asks.</param>
internal sealed class JsonStep(Dictionary<string, string[]>? paths = null) : IPipelineStep
{
    public const string ErrorType = "JSONParserErr";
    private const int MaxDepth = 256;

    /// <summary>What is wrong with a line, in the words of Loki's parser.</summary>
    public static string Explain(ReadOnlySpan<byte> line)
    {
        var trimmed = line.Trim(" \t\r\n"u8);
        return trimmed is [(byte)'{', .., (byte)'}'] ? "Malformed JSON error"
            : "Value looks like object, but can't find closing '}' symbol";
    }

    public bool Process(Line line)
    {
        if (line.Hints.NeedsNothing(line))
            return true;
        var reader = new Utf8JsonReader(line.Text.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                line.SetParserError(ErrorType, Explain(line.Text.Span));
            else
                Flatten(line, ref reader, "", []);
        }
        catch (JsonException)
        {
            line.SetParserError(ErrorType, Explain(line.Text.Span));
        }

        return true;
    }

    /// <returns>False when all that the query needs has been found.</returns>
    private bool Flatten(Line line, ref Utf8JsonReader reader, string prefix, string[] path)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = Text(ref reader);
            var name = Join(prefix, key);
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    if (!line.Hints.NeedsBelow(name))
                        reader.Skip();
                    else if (!Flatten(line, ref reader, name, paths is null ? path : [.. path, key]))
                        return false;
                    break;
                case JsonTokenType.StartArray:
                    reader.Skip();
                    break;
                case JsonTokenType.Null:
                    break;
                default:
                    paths?.TryAdd(line.NameForParsed(name), [.. path, key]);
                    line.AddParsed(
                        name, reader.TokenType == JsonTokenType.String ? Text(ref reader) : Encoding.UTF8.GetString(reader.ValueSpan));
                    if (line.Hints.HasAll(line))
                        return false;
                    break;
            }
        }

        return true;
    }

    private static string Join(string prefix, string key)
    {
        if (prefix.Length == 0)
            return LabelName.Sanitize(key, first: true);
        return string.IsNullOrWhiteSpace(key) ? prefix : $"{prefix}_{LabelName.Sanitize(key, first: false)}";
    }

    /// <summary>Half a surrogate pair makes a text empty, and a replacement character becomes a blank, as in Loki.</summary>
    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            var text = reader.GetString()!;
            return text.Contains('\uFFFD') ? text.Replace('\uFFFD', ' ') : text;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
