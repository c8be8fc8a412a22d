using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Decoding;

/// <summary>
/// Reads an OTLP <c>ExportLogsServiceRequest</c> (opentelemetry-proto, <c>collector/logs/v1</c>) straight from its
/// bytes. The request is checked as a whole first, so that a broken one becomes one raw line and not half its lines.
/// </summary>
internal sealed class OtlpProtobufDecoder
{
    /// <summary>The first byte of every request that holds anything: field 1, length-delimited.</summary>
    internal const byte ResourceLogsTag = 0x0A;

    private const int MaxDepth = 32;

    private readonly ArrayBufferWriter<byte> _text = new(256);
    private readonly JsonLineDecoder _json = new();

    /// <summary>Whether <paramref name="value"/> is a well-formed request, down to every log record.</summary>
    public static bool IsValid(ReadOnlySpan<byte> value)
    {
        var request = new ProtobufReader(value);
        while (request.Next())
        {
            if (request.Field != 1 || !request.IsBytes || !IsValidResourceLogs(request.Bytes))
                return false;
        }

        return !request.Failed;
    }

    /// <summary>Decodes a request into <paramref name="sink"/>.</summary>
    /// <returns>Whether it is well-formed. If not, nothing has been added.</returns>
    public bool TryDecode(ReadOnlySpan<byte> value, ILineSink sink)
    {
        if (!IsValid(value))
            return false;

        var request = new ProtobufReader(value);
        while (request.Next())
            DecodeResourceLogs(request.Bytes, sink);
        return true;
    }

    private static bool IsValidResourceLogs(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1 && !(reader.IsBytes && AreValidAttributes(reader.Bytes, 1)))
                return false;
            if (reader.Field == 2 && !(reader.IsBytes && IsValidScopeLogs(reader.Bytes)))
                return false;
        }

        return !reader.Failed;
    }

    private static bool IsValidScopeLogs(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 2 && !(reader.IsBytes && IsValidLogRecord(reader.Bytes)))
                return false;
        }

        return !reader.Failed;
    }

    private static bool IsValidLogRecord(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            var valid = reader.Field switch
            {
                1 or 2 or 11 => !reader.IsBytes,
                3 => reader.IsBytes && Utf8.IsValid(reader.Bytes),
                5 => reader.IsBytes && IsValidValue(reader.Bytes, 0),
                9 or 10 => reader.IsBytes,
                _ => true,
            };
            if (!valid)
                return false;
        }

        return !reader.Failed && AreValidAttributes(message, 6);
    }

    // Attributes are repeated KeyValue messages, in a Resource as field 1, in a LogRecord as field 6.
    private static bool AreValidAttributes(ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == field && !(reader.IsBytes && IsValidKeyValue(reader.Bytes, 0)))
                return false;
        }

        return !reader.Failed;
    }

    private static bool IsValidKeyValue(ReadOnlySpan<byte> message, int depth)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1 && !(reader.IsBytes && Utf8.IsValid(reader.Bytes)))
                return false;
            if (reader.Field == 2 && !(reader.IsBytes && IsValidValue(reader.Bytes, depth)))
                return false;
        }

        return !reader.Failed;
    }

    private static bool IsValidValue(ReadOnlySpan<byte> message, int depth)
    {
        if (depth > MaxDepth)
            return false;

        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            var valid = reader.Field switch
            {
                1 => reader.IsBytes && Utf8.IsValid(reader.Bytes),
                2 or 3 or 4 => !reader.IsBytes,
                5 => reader.IsBytes && AreValidElements(reader.Bytes, depth + 1, isList: false),
                6 => reader.IsBytes && AreValidElements(reader.Bytes, depth + 1, isList: true),
                7 => reader.IsBytes,
                _ => true,
            };
            if (!valid)
                return false;
        }

        return !reader.Failed;
    }

    // ArrayValue and KeyValueList both keep their elements in field 1.
    private static bool AreValidElements(ReadOnlySpan<byte> message, int depth, bool isList)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1 && !(reader.IsBytes && (isList ? IsValidKeyValue(reader.Bytes, depth) : IsValidValue(reader.Bytes, depth))))
                return false;
        }

        return !reader.Failed;
    }

    private void DecodeResourceLogs(ReadOnlySpan<byte> message, ILineSink sink)
    {
        sink.ClearFields();

        // The resource comes first by convention only.
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
                SetAttributes(reader.Bytes, 1, sink);
        }

        sink.ShareFields();

        reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field != 2)
                continue;

            var scope = new ProtobufReader(reader.Bytes);
            while (scope.Next())
            {
                if (scope.Field == 2)
                    DecodeLogRecord(scope.Bytes, sink);
            }
        }
    }

    private void DecodeLogRecord(ReadOnlySpan<byte> message, ILineSink sink)
    {
        ReadOnlySpan<byte> body = default, severityText = default, traceId = default, spanId = default;
        ulong time = 0, observedTime = 0, severityNumber = 0;

        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: time = reader.Number; break;
                case 2: severityNumber = reader.Number; break;
                case 3: severityText = reader.Bytes; break;
                case 5: body = reader.Bytes; break;
                case 9: traceId = reader.Bytes; break;
                case 10: spanId = reader.Bytes; break;
                case 11: observedTime = reader.Number; break;
            }
        }

        // From the weakest source of a field to the strongest: a later value of equal rank wins.
        SetText(sink, "severity_text"u8, severityText.IsEmpty ? OtlpSeverity.Text((int)severityNumber) : severityText);
        SetAttributes(message, 6, sink);

        var line = ToText(body);
        SetContext(sink, "TraceId"u8, traceId, line);
        SetContext(sink, "SpanId"u8, spanId, line);
        if (!line.IsEmpty && line[0] == '{')
            _json.TryReadFields(line, sink, onlyUnset: true);
        sink.SetTimestamp((long)(time != 0 ? time : observedTime));
        sink.AddLine(line);
    }

    private void SetAttributes(ReadOnlySpan<byte> message, int field, ILineSink sink)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field != field)
                continue;

            ReadOnlySpan<byte> key = default, value = default;
            var pair = new ProtobufReader(reader.Bytes);
            while (pair.Next())
            {
                if (pair.Field == 1)
                    key = pair.Bytes;
                else if (pair.Field == 2)
                    value = pair.Bytes;
            }

            var wanted = sink.FindField(key);
            if (wanted >= 0)
                sink.SetField(wanted, ToText(value));
        }
    }

    private static void SetText(ILineSink sink, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var field = value.IsEmpty ? -1 : sink.FindField(name);
        if (field >= 0)
            sink.SetField(field, value);
    }

    // Under the names of the logs data model. What the line shows is found in the line, and is not kept a second time.
    private static void SetContext(ILineSink sink, ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, ReadOnlySpan<byte> line)
    {
        Span<byte> hex = stackalloc byte[32];
        if (id.Length is 8 or 16 && Convert.TryToHexStringLower(id, hex, out var written) && line.IndexOf(hex[..written]) < 0)
            SetText(sink, name, hex[..written]);
    }

    // The span is valid until the next call.
    private ReadOnlySpan<byte> ToText(ReadOnlySpan<byte> anyValue)
    {
        if (!TryGetValue(anyValue, out var value))
            return default;
        if (value.Field == 1)
            return value.Bytes;

        _text.ResetWrittenCount();
        if (value.Field is 5 or 6)
        {
            using var json = new Utf8JsonWriter(_text);
            WriteJson(json, anyValue);
        }
        else
        {
            WriteScalar(value);
        }

        return _text.WrittenSpan;
    }

    // The last one counts, as for any oneof. A field of a later version is none that we could show.
    private static bool TryGetValue(ReadOnlySpan<byte> anyValue, out ProtobufReader value)
    {
        value = default;
        var found = false;
        var reader = new ProtobufReader(anyValue);
        while (reader.Next())
        {
            if (reader.Field > 7)
                continue;
            value = reader;
            found = true;
        }

        return found;
    }

    private void WriteScalar(ProtobufReader reader)
    {
        var buffer = _text.GetSpan(Math.Max(32, Base64.GetMaxEncodedToUtf8Length(reader.Bytes.Length)));
        int written;
        switch (reader.Field)
        {
            case 2:
                Utf8Formatter.TryFormat(reader.Number != 0, buffer, out written, 'l');
                break;
            case 3:
                Utf8Formatter.TryFormat((long)reader.Number, buffer, out written);
                break;
            case 4:
                BitConverter.UInt64BitsToDouble(reader.Number).TryFormat(buffer, out written, "R", System.Globalization.CultureInfo.InvariantCulture);
                break;
            default:
                Base64.EncodeToUtf8(reader.Bytes, buffer, out _, out written);
                break;
        }

        _text.Advance(written);
    }

    private static void WriteJson(Utf8JsonWriter json, ReadOnlySpan<byte> anyValue)
    {
        if (!TryGetValue(anyValue, out var reader))
        {
            json.WriteNullValue();
            return;
        }

        switch (reader.Field)
        {
            case 1:
                json.WriteStringValue(reader.Bytes);
                break;
            case 2:
                json.WriteBooleanValue(reader.Number != 0);
                break;
            case 3:
                json.WriteNumberValue((long)reader.Number);
                break;
            case 4:
                var number = BitConverter.UInt64BitsToDouble(reader.Number);
                if (double.IsFinite(number))
                    json.WriteNumberValue(number);
                else
                    json.WriteStringValue(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
            case 5:
                json.WriteStartArray();
                var elements = new ProtobufReader(reader.Bytes);
                while (elements.Next())
                {
                    // Only known fields have been checked: nothing else may be followed.
                    if (elements.Field == 1)
                        WriteJson(json, elements.Bytes);
                }

                json.WriteEndArray();
                break;
            case 6:
                json.WriteStartObject();
                var pairs = new ProtobufReader(reader.Bytes);
                while (pairs.Next())
                {
                    if (pairs.Field == 1)
                        WriteJsonPair(json, pairs.Bytes);
                }

                json.WriteEndObject();
                break;
            case 7:
                json.WriteBase64StringValue(reader.Bytes);
                break;
        }
    }

    private static void WriteJsonPair(Utf8JsonWriter json, ReadOnlySpan<byte> keyValue)
    {
        ReadOnlySpan<byte> key = default, value = default;
        var reader = new ProtobufReader(keyValue);
        while (reader.Next())
        {
            if (reader.Field == 1)
                key = reader.Bytes;
            else if (reader.Field == 2)
                value = reader.Bytes;
        }

        json.WritePropertyName(key);
        WriteJson(json, value);
    }
}
