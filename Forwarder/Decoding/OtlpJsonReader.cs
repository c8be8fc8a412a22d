using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Decoding;

/// <summary>
/// Turns an OTLP <c>ExportLogsServiceRequest</c> in JSON (OTLP specification, "JSON Protobuf Encoding") into the same request in protobuf,
/// which <see cref="OtlpProtobufDecoder"/> reads. It takes what ProtoJSON allows (null for a default, numbers as strings or with an
/// exponent, original names) and more: a value that cannot be read is left out, and the rest stays.
/// </summary>
internal sealed class OtlpJsonReader
{
    private const int MaxDepth = 200;
    private const int LengthSize = 5;
    private const string SeverityPrefix = "SEVERITY_NUMBER_";

    private static readonly OtlpJsonField[][] Fields = MakeFields();

    private byte[] _request = new byte[4096];
    private byte[] _text = new byte[256];
    private int _length;
    private OtlpClock _clock;

    /// <summary>Reads a request.</summary>
    /// <param name="json">The request in UTF-8.</param>
    /// <param name="request">The request in protobuf, valid until the next call.</param>
    /// <param name="digits">The digits of a nanosecond that none of its times uses; -1 when it tells no time.</param>
    /// <returns>Whether it is a whole JSON object.</returns>
    public bool TryRead(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> request, out int digits)
    {
        _length = 0;
        _clock = new OtlpClock();
        var position = JsonText.SkipSpace(json, json.StartsWith(JsonText.ByteOrderMark) ? JsonText.ByteOrderMark.Length : 0);
        var isWhole = position < json.Length && json[position] == '{'
            && TryReadMessage(json, ref position, OtlpJsonMessage.Request, 0) && JsonText.SkipSpace(json, position) == json.Length;
        request = isWhole ? _request.AsSpan(0, _length) : default;
        digits = _clock.Digits;
        return isWhole;
    }

    private static OtlpJsonField[][] MakeFields()
    {
        var fields = new OtlpJsonField[Enum.GetValues<OtlpJsonMessage>().Length][];
        fields[(int)OtlpJsonMessage.Request] = [Nested("resourceLogs", OtlpFields.RequestResourceLogs, OtlpJsonMessage.ResourceLogs)];
        fields[(int)OtlpJsonMessage.ResourceLogs] =
        [
            Nested("resource", OtlpFields.ResourceLogsResource, OtlpJsonMessage.Resource), Nested("scopeLogs",
                OtlpFields.ResourceLogsScopeLogs, OtlpJsonMessage.ScopeLogs),
        ];
        fields[(int)OtlpJsonMessage.Resource] = [Nested("attributes", OtlpFields.ResourceAttributes, OtlpJsonMessage.KeyValue)];
        fields[(int)OtlpJsonMessage.ScopeLogs] =
        [
            Nested("scope", OtlpFields.ScopeLogsScope, OtlpJsonMessage.Scope), Nested("logRecords", OtlpFields.ScopeLogsLogRecords,
                OtlpJsonMessage.LogRecord),
        ];
        fields[(int)OtlpJsonMessage.Scope] =
        [
            Scalar("name", OtlpFields.ScopeName, OtlpJsonKind.Text), Scalar("version", OtlpFields.ScopeVersion, OtlpJsonKind.Text),
            Nested("attributes", OtlpFields.ScopeAttributes, OtlpJsonMessage.KeyValue),
        ];
        fields[(int)OtlpJsonMessage.LogRecord] =
        [
            Scalar("timeUnixNano", OtlpFields.LogRecordTime, OtlpJsonKind.Unsigned64), Scalar("observedTimeUnixNano",
                OtlpFields.LogRecordObservedTime, OtlpJsonKind.Unsigned64),
            Scalar("severityNumber", OtlpFields.LogRecordSeverityNumber, OtlpJsonKind.Severity), Scalar("severityText",
                OtlpFields.LogRecordSeverityText, OtlpJsonKind.Text),
            Nested("body", OtlpFields.LogRecordBody, OtlpJsonMessage.AnyValue), Nested("attributes", OtlpFields.LogRecordAttributes,
                OtlpJsonMessage.KeyValue),
            Scalar("traceId", OtlpFields.LogRecordTraceId, OtlpJsonKind.Hex), Scalar("spanId", OtlpFields.LogRecordSpanId,
                OtlpJsonKind.Hex),
            Scalar("flags", OtlpFields.LogRecordFlags, OtlpJsonKind.Signed64),
            Scalar("eventName", OtlpFields.LogRecordEventName, OtlpJsonKind.Text),
        ];
        fields[(int)OtlpJsonMessage.KeyValue] = [Scalar("key", OtlpFields.KeyValueKey, OtlpJsonKind.Text),
            Nested("value", OtlpFields.KeyValueValue, OtlpJsonMessage.AnyValue)];
        fields[(int)OtlpJsonMessage.AnyValue] =
        [
            Scalar("stringValue", OtlpFields.AnyValueString, OtlpJsonKind.Text), Scalar("boolValue", OtlpFields.AnyValueBool,
                OtlpJsonKind.Boolean),
            Scalar("intValue", OtlpFields.AnyValueInt, OtlpJsonKind.Signed64), Scalar("doubleValue", OtlpFields.AnyValueDouble,
                OtlpJsonKind.Real),
            Nested("arrayValue", OtlpFields.AnyValueArray, OtlpJsonMessage.ArrayValue), Nested("kvlistValue",
                OtlpFields.AnyValueKeyValueList, OtlpJsonMessage.KeyValueList),
            Scalar("bytesValue", OtlpFields.AnyValueBytes, OtlpJsonKind.Base64),
        ];
        fields[(int)OtlpJsonMessage.ArrayValue] = [Nested("values", OtlpFields.Elements, OtlpJsonMessage.AnyValue)];
        fields[(int)OtlpJsonMessage.KeyValueList] = [Nested("values", OtlpFields.Elements, OtlpJsonMessage.KeyValue)];
        return fields;

        static OtlpJsonField Scalar(string name, int number,
            OtlpJsonKind kind) => new(Encoding.UTF8.GetBytes(name), Original(name), number, kind);
        static OtlpJsonField Nested(string name, int number,
            OtlpJsonMessage message) => new(Encoding.UTF8.GetBytes(name), Original(name), number, OtlpJsonKind.Message, message);
        static byte[] Original(string name) =>
            Encoding.UTF8.GetBytes(string.Concat(
                name.Select(character => char.IsUpper(character) ? $"_{char.ToLowerInvariant(character)}" : character.ToString())));
    }

    // The position stands on the opening bracket, and behind the closing one afterwards.
    private bool TryReadMessage(ReadOnlySpan<byte> json, ref int position, OtlpJsonMessage message, int depth)
    {
        position = JsonText.SkipSpace(json, position + 1);
        while (position < json.Length && json[position] == '"')
        {
            var end = JsonText.FindStringEnd(json, position, out _);
            if (end < 0)
                return false;
            var field = Find(message, json[(position + 1)..end]);
            position = JsonText.SkipSpace(json, end + 1);
            if (position == json.Length || json[position] != ':')
                return false;
            position = JsonText.SkipSpace(json, position + 1);
            if (position == json.Length || !(field is null ? TrySkip(json, ref position) : TryReadField(json, ref position, field, depth)))
                return false;
            position = JsonText.SkipSpace(json, position);
            if (position == json.Length || json[position] is not ((byte)',' or (byte)'}'))
                return false;
            if (json[position] == ',')
                position = JsonText.SkipSpace(json, position + 1);
        }

        return position < json.Length && json[position++] == '}';
    }

    private static OtlpJsonField? Find(OtlpJsonMessage message, ReadOnlySpan<byte> name)
    {
        foreach (var field in Fields[(int)message])
        {
            if (name.SequenceEqual(field.Name) || name.SequenceEqual(field.OriginalName))
                return field;
        }

        return null;
    }

    private static bool TrySkip(ReadOnlySpan<byte> json, ref int position)
    {
        var end = json[position] switch
        {
            (byte)'{' or (byte)'[' => JsonText.SkipNested(json, position),
            (byte)'"' => JsonText.FindStringEnd(json, position, out _) is >= 0 and var quote ? quote + 1 : -1,
            _ => JsonText.SkipScalar(json, position),
        };
        if (end < 0)
            return false;
        position = end;
        return true;
    }

    private bool TryReadField(ReadOnlySpan<byte> json, ref int position, OtlpJsonField field, int depth)
    {
        if (field.Kind == OtlpJsonKind.Message)
        {
            if (json[position] != '[')
                return TryReadNested(json, ref position, field, depth);

            var elements = new JsonElements(json, position);
            while (elements.Next())
            {
                var start = 0;
                if (!TryReadNested(elements.Current, ref start, field, depth))
                    return false;
            }

            position = elements.Position;
            return elements.IsWhole;
        }

        var from = position;
        if (!TrySkip(json, ref position))
            return false;
        if (json[from] is not ((byte)'{' or (byte)'['))
            WriteScalar(field, json[from] == '"', ScalarText(json[from..position]));
        return true;
    }

    private bool TryReadNested(ReadOnlySpan<byte> json, ref int position, OtlpJsonField field, int depth)
    {
        var from = position;
        if (json[position] != '{' || depth == MaxDepth)
        {
            if (!TrySkip(json, ref position))
                return false;

            // A plain string where a value belongs is what its sender meant; so is what is nested too deep to be followed.
            if (field.Message == OtlpJsonMessage.AnyValue && json[from] is (byte)'"' or (byte)'{')
                WriteAnyText(field.Number, json[from] == '"' ? ScalarText(json[from..position]) : "\uFFFD"u8);
            return true;
        }

        WriteTag(field.Number, 2);
        Reserve(LengthSize);
        var length = _length;
        _length += LengthSize;
        var start = _length;
        if (!TryReadMessage(json, ref position, field.Message, depth + 1))
            return false;

        // Protobuf takes a length in more bytes than it needs, so that it can be written last.
        var size = (uint)(_length - start);
        for (var i = 0; i < LengthSize - 1; i++, size >>= 7)
            _request[length + i] = (byte)(size | 0x80);
        _request[length + LengthSize - 1] = (byte)(size & 0x7F);
        return true;
    }

    // A string without its quotes and escapes; anything else as it stands.
    private ReadOnlySpan<byte> ScalarText(ReadOnlySpan<byte> value)
    {
        if (value[0] != '"')
            return value;
        value = value[1..^1];
        if (value.IndexOf((byte)'\\') < 0)
            return value;
        if (_text.Length < value.Length)
            _text = new byte[value.Length * 2];
        return _text.AsSpan(0, JsonText.Unescape(value, _text));
    }

    private void WriteScalar(OtlpJsonField field, bool isText, ReadOnlySpan<byte> value)
    {
        if (!isText && value.SequenceEqual("null"u8))
            return;
        switch (field.Kind)
        {
            case OtlpJsonKind.Text when isText:
                WriteBytes(field.Number, value);
                break;
            case OtlpJsonKind.Unsigned64 when TryInteger(value, out var number) && number is >= 0 and <= ulong.MaxValue:
                if (field.Number == OtlpFields.LogRecordTime && number is >= 100_000_000_000_000_000 and <= long.MaxValue)
                    _clock.Add((long)number);
                WriteFixed64(field.Number, (ulong)number);
                break;
            case OtlpJsonKind.Signed64 when TryInteger(value, out var number) && number is >= long.MinValue and <= long.MaxValue:
                WriteVarint(field.Number, (ulong)(long)number);
                break;
            case OtlpJsonKind.Boolean when value.SequenceEqual("true"u8) || value.SequenceEqual("false"u8):
                WriteVarint(field.Number, value[0] == 't' ? 1UL : 0);
                break;
            case OtlpJsonKind.Real when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                WriteFixed64(field.Number, BitConverter.DoubleToUInt64Bits(number));
                break;
            case OtlpJsonKind.Severity:
                WriteVarint(field.Number, TryInteger(value, out var severity) && severity is >= int.MinValue and <= int.MaxValue
                    ? (ulong)(long)severity
                    : SeverityOf(value));
                break;
            case OtlpJsonKind.Hex when value.Length % 2 == 0 && TryFromHex(value, out var bytes):
                WriteBytes(field.Number, bytes);
                break;
            case OtlpJsonKind.Base64 when TryFromBase64(value, out var bytes):
                WriteBytes(field.Number, bytes);
                break;
        }
    }

    // decimal: a double has no 64 bits. "1e3" and "5.0" are integers in ProtoJSON.
    private static bool TryInteger(ReadOnlySpan<byte> value, out decimal number) =>
        decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && number == decimal.Truncate(number);

    // SEVERITY_NUMBER_ERROR2 and the like: four numbers a level.
    private static ulong SeverityOf(ReadOnlySpan<byte> value)
    {
        var name = Encoding.UTF8.GetString(value);
        if (!name.StartsWith(SeverityPrefix, StringComparison.Ordinal) || name.Length == SeverityPrefix.Length)
            return 0;
        var step = name[^1] is >= '2' and <= '4' ? name[^1] - '1' : 0;
        var level = Array.IndexOf(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"],
            name[SeverityPrefix.Length..].TrimEnd('2', '3', '4'));
        return level < 0 ? 0 : (ulong)((level * 4) + 1 + step);
    }

    private static bool TryFromHex(ReadOnlySpan<byte> value, out byte[] bytes)
    {
        bytes = new byte[value.Length / 2];
        return Convert.FromHexString(value, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    // Also in the alphabet for URLs and without padding, as ProtoJSON allows.
    private static bool TryFromBase64(ReadOnlySpan<byte> value, out byte[] bytes)
    {
        value = value.TrimEnd((byte)'=');
        var text = new byte[(value.Length + 3) / 4 * 4];
        for (var i = 0; i < text.Length; i++)
            text[i] = i >= value.Length
                ? (byte)'='
                : value[i] switch { (byte)'-' => (byte)'+', (byte)'_' => (byte)'/', var other => other };
        bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        var isDone = Base64.DecodeFromUtf8(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done;
        bytes = bytes[..written];
        return isDone;
    }

    private void WriteAnyText(int number, ReadOnlySpan<byte> text)
    {
        WriteTag(number, 2);
        WriteRaw((ulong)(1 + EntryEncoding.VarintSize((ulong)text.Length) + text.Length));
        WriteBytes(OtlpFields.AnyValueString, text);
    }

    private void WriteBytes(int number, ReadOnlySpan<byte> bytes)
    {
        WriteTag(number, 2);
        WriteRaw((ulong)bytes.Length);
        Reserve(bytes.Length);
        bytes.CopyTo(_request.AsSpan(_length));
        _length += bytes.Length;
    }

    private void WriteFixed64(int number, ulong value)
    {
        WriteTag(number, 1);
        Reserve(sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(_request.AsSpan(_length), value);
        _length += sizeof(ulong);
    }

    private void WriteVarint(int number, ulong value)
    {
        WriteTag(number, 0);
        WriteRaw(value);
    }

    private void WriteTag(int number, int wireType) => WriteRaw((ulong)((number << 3) | wireType));

    private void WriteRaw(ulong value)
    {
        Reserve(10);
        _length = EntryEncoding.WriteVarint(_request, _length, value);
    }

    private void Reserve(int bytes)
    {
        if (_length + bytes > _request.Length)
            Array.Resize(ref _request, (_length + bytes) * 2);
    }
}
