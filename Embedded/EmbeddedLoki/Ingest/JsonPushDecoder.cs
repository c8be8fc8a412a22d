using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// Reads the JSON form of a push: <c>{"streams":[{"stream":{..},"values":[["ns","line",{..}]]}]}</c> (pkg/loghttp/query.go, v3.7.6).
/// </summary>
internal static class JsonPushDecoder
{
    /// <exception cref="PushFormatException">The body is not of that form.</exception>
    public static PushBatch Decode(ReadOnlySpan<byte> body, int maxEntries)
    {
        var batch = new PushBatch { MaxEntries = maxEntries };
        var lines = new ArrayBufferWriter<byte>(Math.Max(body.Length, 1));
        var reader = new Utf8JsonReader(body);
        try
        {
            Expect(ref reader, JsonTokenType.StartObject, "Value looks like object, but can't find closing '}' symbol");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!reader.ValueTextEquals("streams"u8))
                {
                    Skip(ref reader);
                    continue;
                }

                reader.Read();
                if (reader.TokenType == JsonTokenType.Null)
                    continue;
                if (reader.TokenType != JsonTokenType.StartArray)
                    throw new PushFormatException("Value is not an array: streams");
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    ReadStream(ref reader, batch, lines);
            }
        }
        catch (JsonException exception)
        {
            throw new PushFormatException($"couldn't parse push request: {exception.Message}");
        }
        catch (InvalidOperationException exception)
        {
            // The reader's word for a string that is not UTF-8 or holds half a surrogate pair.
            throw new PushFormatException($"couldn't parse push request: {exception.Message}");
        }

        batch.Lines = lines.WrittenMemory;
        return batch;
    }

    private static void ReadStream(ref Utf8JsonReader reader, PushBatch batch, ArrayBufferWriter<byte> lines)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new PushFormatException("Value is not an object: streams");
        var labels = LabelSet.Empty;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                labels = ReadLabels(ref reader);
            }
            else if (reader.ValueTextEquals("values"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null)
                    continue;
                if (reader.TokenType != JsonTokenType.StartArray)
                    throw new PushFormatException("Value is not an array: values");
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType != JsonTokenType.Null)
                        ReadEntry(ref reader, batch, lines);
                }
            }
            else
            {
                Skip(ref reader);
            }
        }

        batch.AddStream(labels.ToString());
    }

    private static LabelSet ReadLabels(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new PushFormatException("Value is not an object: stream");
        var pairs = new List<KeyValuePair<string, string>>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            pairs.Add(ReadLabel(ref reader));
        return LabelSet.From(pairs);
    }

    /// <summary>Loki takes any value of a label for its text.</summary>
    private static KeyValuePair<string, string> ReadLabel(ref Utf8JsonReader reader)
    {
        var name = reader.GetString()!;
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return KeyValuePair.Create(name, reader.GetString()!);
        using var value = JsonDocument.ParseValue(ref reader);
        return KeyValuePair.Create(name, value.RootElement.GetRawText());
    }

    private static KeyValuePair<string, string> ReadPair(ref Utf8JsonReader reader)
    {
        var name = reader.GetString()!;
        reader.Read();
        return reader.TokenType == JsonTokenType.String
            ? KeyValuePair.Create(name, reader.GetString()!)
            : throw new PushFormatException($"Value is not a string: {name}");
    }

    private static void ReadEntry(ref Utf8JsonReader reader, PushBatch batch, ArrayBufferWriter<byte> lines)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new PushFormatException("Value is not an array: values");
        long timestamp = 0;
        int start = lines.WrittenCount, length = 0, i = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            switch (i++)
            {
                case 0:
                    if (reader.TokenType != JsonTokenType.String)
                        throw new PushFormatException("Value is not a string: timestamp");
                    var text = reader.ValueSpan;
                    if (!Utf8Parser.TryParse(text, out timestamp, out var read) || read != text.Length)
                        throw new PushFormatException($"strconv.ParseInt: parsing {GoQuote.Quote(reader.GetString()!)}: invalid syntax");
                    break;
                case 1:
                    if (reader.TokenType != JsonTokenType.String)
                        throw new PushFormatException("Value is not a string: line");
                    length = reader.CopyString(lines.GetSpan(Math.Max(1, reader.ValueSpan.Length)));
                    lines.Advance(length);
                    break;
                case 2:
                    if (reader.TokenType != JsonTokenType.StartObject)
                        throw new PushFormatException("Value is not an object: structured metadata");
                    while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                    {
                        var (name, value) = ReadPair(ref reader);
                        batch.AddPair(name, value);
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        batch.AddEntry(timestamp, start, length);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string error)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw new PushFormatException(error);
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
