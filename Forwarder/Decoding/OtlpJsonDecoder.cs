using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Observability.Forwarder.Decoding;

/// <summary>
/// Reads an OTLP <c>ExportLogsServiceRequest</c> in JSON (OTLP specification, "JSON Protobuf Encoding": camelCase names,
/// 64-bit numbers as strings or numbers, ids in hex). Alloy's default is protobuf, so this one may allocate.
/// </summary>
internal static class OtlpJsonDecoder
{
    /// <summary>Decodes a request into <paramref name="sink"/>.</summary>
    /// <returns>Whether it is well-formed. If not, nothing has been added.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> value, ILineSink sink)
    {
        // The JSON reader does not look into strings that nobody reads.
        if (!Utf8.IsValid(value))
            return false;

        // Lines are added only once the whole request has been understood.
        List<Action<ILineSink>> steps = [];
        try
        {
            var reader = new Utf8JsonReader(value);
            using var document = JsonDocument.ParseValue(ref reader);
            if (reader.BytesConsumed != value.TrimEnd(" \t\r\n"u8).Length)
                return false;

            foreach (var resourceLogs in Elements(document.RootElement, "resourceLogs"))
                Decode(resourceLogs, steps);
            foreach (var step in steps)
                step(sink);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or OverflowException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static void Decode(JsonElement resourceLogs, List<Action<ILineSink>> steps)
    {
        steps.Add(static sink => sink.ClearFields());
        if (resourceLogs.TryGetProperty("resource", out var resource))
            AddAttributes(resource, steps);
        steps.Add(static sink => sink.ShareFields());

        foreach (var scopeLogs in Elements(resourceLogs, "scopeLogs"))
        {
            foreach (var record in Elements(scopeLogs, "logRecords"))
                DecodeLogRecord(record, steps);
        }
    }

    private static void DecodeLogRecord(JsonElement record, List<Action<ILineSink>> steps)
    {
        if (record.TryGetProperty("severityText", out var text) && text.GetString() is { Length: > 0 } severity)
            AddField("severity_text"u8.ToArray(), Encoding.UTF8.GetBytes(severity), steps);
        else if (record.TryGetProperty("severityNumber", out var number) && number.ValueKind == JsonValueKind.Number)
            AddField("severity_text"u8.ToArray(), OtlpSeverity.Text(number.GetInt32()).ToArray(), steps);

        AddAttributes(record, steps);

        var time = Time(record, "timeUnixNano");
        if (time == 0)
            time = Time(record, "observedTimeUnixNano");
        var line = record.TryGetProperty("body", out var body) ? ToText(body) : [];
        AddContext(record, "traceId", "TraceId"u8, line, steps);
        AddContext(record, "spanId", "SpanId"u8, line, steps);
        steps.Add(sink =>
        {
            if (line.Length > 0 && line[0] == '{')
                new JsonLineDecoder().TryReadFields(line, sink, onlyUnset: true);
            sink.SetTimestamp(time);
            sink.AddLine(line);
        });
    }

    // As in OtlpProtobufDecoder: under the names of the logs data model, and only what the line does not show.
    private static void AddContext(JsonElement record, string property, ReadOnlySpan<byte> name, byte[] line, List<Action<ILineSink>> steps)
    {
        if (record.TryGetProperty(property, out var id) && id.GetString() is { Length: > 0 } text && Encoding.UTF8.GetBytes(text) is var hex && line.AsSpan().IndexOf(hex) < 0)
            AddField(name.ToArray(), hex, steps);
    }

    private static void AddAttributes(JsonElement parent, List<Action<ILineSink>> steps)
    {
        foreach (var attribute in Elements(parent, "attributes"))
        {
            var key = Encoding.UTF8.GetBytes(attribute.GetProperty("key").GetString() ?? "");
            AddField(key, attribute.TryGetProperty("value", out var value) ? ToText(value) : [], steps);
        }
    }

    private static void AddField(byte[] name, byte[] value, List<Action<ILineSink>> steps) => steps.Add(sink =>
    {
        var field = value.Length == 0 ? -1 : sink.FindField(name);
        if (field >= 0)
            sink.SetField(field, value);
    });

    private static JsonElement.ArrayEnumerator Elements(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var array) ? array.EnumerateArray() : default;

    private static long Time(JsonElement record, string name) =>
        !record.TryGetProperty(name, out var time) ? 0
        : time.ValueKind == JsonValueKind.String ? long.Parse(time.GetString()!, CultureInfo.InvariantCulture)
        : time.GetInt64();

    private static byte[] ToText(JsonElement anyValue)
    {
        if (anyValue.ValueKind == JsonValueKind.Object && anyValue.TryGetProperty("stringValue", out var text))
            return Encoding.UTF8.GetBytes(text.GetString() ?? "");

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            WriteJson(json, anyValue);
        var bytes = stream.ToArray();
        // A scalar needs no quotes around it.
        return bytes is [(byte)'"', .., (byte)'"'] ? Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(bytes)!) : bytes is [(byte)'n', ..] ? [] : bytes;
    }

    private static void WriteJson(Utf8JsonWriter json, JsonElement anyValue)
    {
        foreach (var value in anyValue.EnumerateObject())
        {
            switch (value.Name)
            {
                case "stringValue" or "bytesValue":
                    json.WriteStringValue(value.Value.GetString());
                    return;
                case "boolValue":
                    json.WriteBooleanValue(value.Value.GetBoolean());
                    return;
                case "intValue":
                    json.WriteNumberValue(value.Value.ValueKind == JsonValueKind.String
                        ? long.Parse(value.Value.GetString()!, CultureInfo.InvariantCulture)
                        : value.Value.GetInt64());
                    return;
                case "doubleValue":
                    value.Value.WriteTo(json);
                    return;
                case "arrayValue":
                    json.WriteStartArray();
                    foreach (var element in Elements(value.Value, "values"))
                        WriteJson(json, element);
                    json.WriteEndArray();
                    return;
                case "kvlistValue":
                    json.WriteStartObject();
                    foreach (var pair in Elements(value.Value, "values"))
                    {
                        json.WritePropertyName(pair.GetProperty("key").GetString() ?? "");
                        WriteJson(json, pair.GetProperty("value"));
                    }

                    json.WriteEndObject();
                    return;
            }
        }

        json.WriteNullValue();
    }
}
