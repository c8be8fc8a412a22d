using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using Google.Protobuf;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Decoding;

/// <summary>Random OTLP requests, and what a decoder has to make of them, said with the generated types.</summary>
internal static class OtlpRequests
{
    private static readonly Gen<string> Keys = Choice.Of("level", "service.name", "k8s.namespace.name", "pod", "severity_text",
        "client.address", "ключ", "a b");

    private static readonly Gen<ulong> Times = Gen.OneOf(Gen.Const(0UL), Gen.ULong[200_000_000_000_000_000, 4_000_000_000_000_000_000]);

    private static readonly Gen<ByteString> Ids = Gen.OneOf(
        Gen.Const(Array.Empty<byte>()), Gen.Byte.Array[8], Gen.Byte.Array[16]).Select(bytes => ByteString.CopyFrom(bytes));

    private static readonly Gen<KeyValue> Attributes = Gen.Select(Keys, Value(2),
        (key, value) => new KeyValue { Key = key, Value = value });

    private static readonly Gen<AnyValue?> Bodies = Gen.OneOf(
        Gen.Const((AnyValue?)null),
        Value(2).Select(value => (AnyValue?)value),
        Gen.Dictionary(Choice.Of("level", "service", "pod", "other"), Texts.Any)[0,
            4].Select(fields => (AnyValue?)new AnyValue { StringValue = JsonSerializer.Serialize(fields) }));

    private static readonly Gen<LogRecord> Records = Gen.Select(
        Gen.Select(Times, Times, Gen.Int[-1, 30], Choice.Of("", "", "Warning", "é")), Bodies, Attributes.Array[0, 4], Ids, Ids,
        (head, body, attributes, trace, span) =>
        {
            var record = new LogRecord
            {
                TimeUnixNano = head.Item1,
                ObservedTimeUnixNano = head.Item2,
                SeverityNumber = head.Item3,
                SeverityText = head.Item4,
                TraceId = trace,
                SpanId = span,
                Flags = 7,
                DroppedAttributesCount = 3,
                EventName = "event",
            };
            if (body is not null)
                record.Body = body;
            record.Attributes.Add(attributes);
            return record;
        });

    private static readonly Gen<ResourceLogs> Resources = Gen.Select(
        Attributes.Array[0, 4], Gen.Bool, Records.Array[0, 3].Array[0, 2], Attributes.Array[0, 2],
        (attributes, hasResource, scopes, ofScope) =>
        {
            var logs = new ResourceLogs { SchemaUrl = "https://example.com/schema" };
            if (hasResource)
            {
                logs.Resource = new Resource { DroppedAttributesCount = 1 };
                logs.Resource.Attributes.Add(attributes);
            }

            foreach (var records in scopes)
            {
                var scope = new ScopeLogs { Scope = new InstrumentationScope { Name = "scope", Version = "1", Attributes = { ofScope } } };
                scope.LogRecords.Add(records);
                logs.ScopeLogs.Add(scope);
            }

            return logs;
        });

    public static readonly Gen<ExportLogsServiceRequest> Any = Resources.Array[0, 3].Select(resources =>
    {
        var request = new ExportLogsServiceRequest();
        request.ResourceLogs.Add(resources);
        return request;
    });

    public static Gen<AnyValue> Value(int depth)
    {
        var scalar = Gen.OneOf(
            Texts.Any.Select(text => new AnyValue { StringValue = text }),
            Gen.Bool.Select(value => new AnyValue { BoolValue = value }),
            Gen.Long.Select(value => new AnyValue { IntValue = value }),
            Gen.OneOf(Gen.Double,
                Choice.Of(double.NaN, double.PositiveInfinity, 0, -0.0, 1e300, 0.1)).Select(value => new AnyValue { DoubleValue = value }),
            Gen.Byte.Array[0, 9].Select(value => new AnyValue { BytesValue = ByteString.CopyFrom(value) }),
            Gen.Const(0).Select(_ => new AnyValue()));
        if (depth == 0)
            return scalar;

        var inner = Value(depth - 1);
        return Gen.OneOf(
            scalar,
            scalar,
            inner.Array[0, 3].Select(values =>
            {
                var array = new ArrayValue();
                array.Values.Add(values);
                return new AnyValue { ArrayValue = array };
            }),
            Gen.Select(Keys, inner).Array[0, 3].Select(pairs =>
            {
                var list = new KeyValueList();
                list.Values.Add(pairs.Select(pair => new KeyValue { Key = pair.Item1, Value = pair.Item2 }));
                return new AnyValue { KvlistValue = list };
            }));
    }

    /// <summary>What a decoder has to report for a request.</summary>
    public static List<SinkLine> Expected(ExportLogsServiceRequest request)
    {
        List<SinkLine> lines = [];
        foreach (var logs in request.ResourceLogs)
        {
            var shared = new Dictionary<string, string>();
            Add(shared, logs.Resource?.Attributes ?? []);
            foreach (var scope in logs.ScopeLogs)
            {
                foreach (var record in scope.LogRecords)
                    lines.Add(Expected(record, scope.Scope, new(shared)));
            }
        }

        return lines;
    }

    private static SinkLine Expected(LogRecord record, InstrumentationScope? scope, Dictionary<string, string> attributes)
    {
        Add(attributes, record.Attributes);
        Set(attributes, "event_name", record.EventName);
        Set(attributes, "scope_name", scope?.Name ?? "");
        Set(attributes, "scope_version", scope?.Version ?? "");
        Add(attributes, scope?.Attributes ?? []);
        attributes["severity"] = $"{record.SeverityText} {record.SeverityNumber}";

        var line = Text(record.Body);
        if (line.EndsWith('\n'))
            line = line[..^1];
        if (line.Length == 0)
            line = string.Join(' ', record.Attributes.Where(pair => pair.Key.Length > 0).Select(pair => (pair.Key, Value: Text(pair.Value)))
                .Where(pair => pair.Value.Length > 0).Select(Pair).Prepend($"event_name={record.EventName}"));
        foreach (var (name, id) in new[] { ("TraceId", record.TraceId), ("SpanId", record.SpanId) })
        {
            if (!line.Contains(Convert.ToHexStringLower(id.Span), StringComparison.Ordinal))
                Set(attributes, name, Convert.ToHexStringLower(id.Span));
        }

        return new(line, (long)(record.TimeUnixNano != 0 ? record.TimeUnixNano : record.ObservedTimeUnixNano), attributes,
            new Dictionary<string, string>());
    }

    private static string Pair((string Key, string Value) pair) => pair.Value.IndexOfAny([' ', '=', '"', '\\', '\t', '\r', '\n']) < 0
        ? $"{pair.Key}={pair.Value}"
        : $"{pair.Key}=\"{pair.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)}\"";

    private static void Add(Dictionary<string, string> attributes, IEnumerable<KeyValue> pairs)
    {
        foreach (var pair in pairs)
            Set(attributes, pair.Key, Text(pair.Value));
    }

    private static void Set(Dictionary<string, string> attributes, string name, string value)
    {
        if (value.Length > 0)
            attributes[name] = value;
    }

    private static string Text(AnyValue? value) => value is null ? "" : value.ValueCase switch
    {
        AnyValue.ValueOneofCase.None => "",
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        AnyValue.ValueOneofCase.ArrayValue when value.ArrayValue.Values.Count == 0 => "",
        AnyValue.ValueOneofCase.KvlistValue when value.KvlistValue.Values.Count == 0 => "",
        _ => Json(value),
    };

    private static string Json(AnyValue value)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            Write(json, value);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, AnyValue value)
    {
        switch (value.ValueCase)
        {
            case AnyValue.ValueOneofCase.StringValue:
                json.WriteStringValue(value.StringValue);
                break;
            case AnyValue.ValueOneofCase.BoolValue:
                json.WriteBooleanValue(value.BoolValue);
                break;
            case AnyValue.ValueOneofCase.IntValue:
                json.WriteNumberValue(value.IntValue);
                break;
            case AnyValue.ValueOneofCase.DoubleValue when double.IsFinite(value.DoubleValue):
                json.WriteNumberValue(value.DoubleValue);
                break;
            case AnyValue.ValueOneofCase.DoubleValue:
                json.WriteStringValue(value.DoubleValue.ToString(CultureInfo.InvariantCulture));
                break;
            case AnyValue.ValueOneofCase.BytesValue:
                json.WriteBase64StringValue(value.BytesValue.Span);
                break;
            case AnyValue.ValueOneofCase.ArrayValue:
                json.WriteStartArray();
                foreach (var element in value.ArrayValue.Values)
                    Write(json, element);
                json.WriteEndArray();
                break;
            case AnyValue.ValueOneofCase.KvlistValue:
                json.WriteStartObject();
                foreach (var pair in value.KvlistValue.Values)
                {
                    json.WritePropertyName(pair.Key);
                    Write(json, pair.Value);
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
