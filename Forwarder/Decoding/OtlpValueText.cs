using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Decoding;

/// <summary>
/// The text of an OTLP <c>AnyValue</c>: a string as it is, a scalar without quotes, bytes in base64, lists and maps as JSON. What is no
/// UTF-8, or nested too deep, becomes U+FFFD; nothing else of the record suffers by it.
/// </summary>
internal sealed class OtlpValueText
{
    private const int MaxDepth = 64;

    private readonly ArrayBufferWriter<byte> _text = new(256);

    /// <summary>The text that every string gets in place of what is no UTF-8.</summary>
    public static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> text) =>
        Utf8Text.IsValid(text) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));

    /// <summary>Renders a value.</summary>
    /// <returns>Its text in UTF-8, valid until the next call; empty for a value that holds nothing, an empty list or map
    /// included.</returns>
    public ReadOnlySpan<byte> Render(ReadOnlySpan<byte> anyValue)
    {
        if (ProtobufReader.TryReadOnly(anyValue, OtlpFields.AnyValueStringTag, out var text))
            return Clean(text);
        if (!TryGetValue(anyValue, out var value))
            return default;
        if (value.Field == OtlpFields.AnyValueString)
            return Clean(value.Bytes);
        if (value.Field is OtlpFields.AnyValueArray or OtlpFields.AnyValueKeyValueList && value.Bytes.IsEmpty)
            return default;

        _text.ResetWrittenCount();
        if (value.Field is OtlpFields.AnyValueArray or OtlpFields.AnyValueKeyValueList)
        {
            using var json = new Utf8JsonWriter(_text);
            WriteJson(json, anyValue, 0);
        }
        else
        {
            WriteScalar(value);
        }

        return _text.WrittenSpan;
    }

    // The last one counts, as for any oneof. A field of a later version, or of another wire type, is none that we could show.
    private static bool TryGetValue(ReadOnlySpan<byte> anyValue, out ProtobufReader value)
    {
        value = default;
        var found = false;
        var reader = new ProtobufReader(anyValue);
        while (reader.Next())
        {
            var isBytes = reader.Field is OtlpFields.AnyValueString or OtlpFields.AnyValueArray or OtlpFields.AnyValueKeyValueList
                or OtlpFields.AnyValueBytes;
            if (reader.Field > OtlpFields.AnyValueBytes || isBytes != reader.IsBytes)
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
            case OtlpFields.AnyValueBool:
                Utf8Formatter.TryFormat(reader.Number != 0, buffer, out written, 'l');
                break;
            case OtlpFields.AnyValueInt:
                Utf8Formatter.TryFormat((long)reader.Number, buffer, out written);
                break;
            case OtlpFields.AnyValueDouble:
                BitConverter.UInt64BitsToDouble(reader.Number).TryFormat(buffer, out written, "R", CultureInfo.InvariantCulture);
                break;
            default:
                Base64.EncodeToUtf8(reader.Bytes, buffer, out _, out written);
                break;
        }

        _text.Advance(written);
    }

    private static void WriteJson(Utf8JsonWriter json, ReadOnlySpan<byte> anyValue, int depth)
    {
        if (!TryGetValue(anyValue, out var reader))
        {
            json.WriteNullValue();
            return;
        }

        if (depth == MaxDepth)
        {
            json.WriteStringValue("\uFFFD"u8);
            return;
        }

        switch (reader.Field)
        {
            case OtlpFields.AnyValueString:
                json.WriteStringValue(Clean(reader.Bytes));
                break;
            case OtlpFields.AnyValueBool:
                json.WriteBooleanValue(reader.Number != 0);
                break;
            case OtlpFields.AnyValueInt:
                json.WriteNumberValue((long)reader.Number);
                break;
            case OtlpFields.AnyValueDouble:
                var number = BitConverter.UInt64BitsToDouble(reader.Number);
                if (double.IsFinite(number))
                    json.WriteNumberValue(number);
                else
                    json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case OtlpFields.AnyValueArray:
                json.WriteStartArray();
                var elements = new ProtobufReader(reader.Bytes);
                while (elements.Next())
                {
                    if (elements.Field == OtlpFields.Elements && elements.IsBytes)
                        WriteJson(json, elements.Bytes, depth + 1);
                }

                json.WriteEndArray();
                break;
            case OtlpFields.AnyValueKeyValueList:
                json.WriteStartObject();
                var pairs = new ProtobufReader(reader.Bytes);
                while (pairs.Next())
                {
                    if (pairs.Field == OtlpFields.Elements && pairs.IsBytes
                        && OtlpKeyValue.TryRead(pairs.Bytes, out var key, out var value))
                    {
                        json.WritePropertyName(Clean(key));
                        WriteJson(json, value, depth + 1);
                    }
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteBase64StringValue(reader.Bytes);
                break;
        }
    }
}
