using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.LogGenerator.Sinks;

/// <summary>Makes attributes of a JSON line's fields, as an OpenTelemetry logging library has them from the start.</summary>
internal static class OtlpAttributes
{
    /// <summary>What tells a record from all others, by OpenTelemetry's conventions (registry, attributes of logs).</summary>
    public const string RecordId = "log.record.uid";

    /// <summary>Adds the line's fields to <paramref name="record"/>; those that a record has a place of its own for go there.</summary>
    /// <param name="record">The record.</param>
    /// <param name="line">A JSON object.</param>
    public static void Add(LogRecord record, ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "timestamp" or "level" or "service" or "message":
                    reader.Skip();
                    break;
                case "trace_id":
                    record.TraceId = Id(reader.GetString()!);
                    break;
                case "span_id":
                    record.SpanId = Id(reader.GetString()!);
                    break;
                default:
                    AddValue(record.Attributes, name, ref reader);
                    break;
            }
        }
    }

    /// <summary>Makes a record part of a trace that is sampled.</summary>
    public static void SetTrace(LogRecord record, Activity trace)
    {
        record.TraceId = Id(trace.TraceId.ToHexString());
        record.SpanId = Id(trace.SpanId.ToHexString());
        record.Flags = (uint)trace.ActivityTraceFlags;
    }

    public static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    private static ByteString Id(string hex) => ByteString.CopyFrom(Convert.FromHexString(hex));

    private static void AddValue(RepeatedField<KeyValue> attributes, string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var inner = string.Create(CultureInfo.InvariantCulture, $"{name}.{reader.GetString()}");
                reader.Read();
                AddValue(attributes, inner, ref reader);
            }

            return;
        }

        var value = new AnyValue();
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when reader.TryGetInt64(out var integer):
                value.IntValue = integer;
                break;
            case JsonTokenType.Number:
                value.DoubleValue = reader.GetDouble();
                break;
            case JsonTokenType.True or JsonTokenType.False:
                value.BoolValue = reader.GetBoolean();
                break;
            default:
                value.StringValue = reader.GetString();
                break;
        }

        attributes.Add(new KeyValue { Key = name, Value = value });
    }
}
