using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Google.Protobuf.Collections;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Grouping;

/// <summary>
/// The hash of a set of attributes that the OpenTelemetry Collector keys Kafka records with: XXH64 of the sorted attributes, and once more
/// with a byte behind them (collector-contrib, pkg/pdatautil/hash.go). The same attributes in another order have the same hash.
/// </summary>
internal static class AttributeHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Length = 16;

    private const byte Extra = 0xf3;
    private const byte Key = 0xf4;
    private const byte Empty = 0xf5;
    private const byte Bytes = 0xf6;
    private const byte String = 0xf7;
    private const byte True = 0xf8;
    private const byte False = 0xf9;
    private const byte Integer = 0xfa;
    private const byte Double = 0xfb;
    private const byte MapStart = 0xfc;
    private const byte MapEnd = 0xfd;
    private const byte ListStart = 0xfe;
    private const byte ListEnd = 0xff;

    /// <summary>Computes the hash; all zeros for no attributes.</summary>
    public static byte[] Compute(RepeatedField<KeyValue> attributes)
    {
        var hash = new byte[Length];
        if (attributes.Count == 0)
            return hash;

        var buffer = new ArrayBufferWriter<byte>(512);
        WriteMap(buffer, attributes);
        BinaryPrimitives.WriteUInt64LittleEndian(hash, XxHash64.HashToUInt64(buffer.WrittenSpan));
        Write(buffer, Extra);
        BinaryPrimitives.WriteUInt64LittleEndian(hash.AsSpan(sizeof(ulong)), XxHash64.HashToUInt64(buffer.WrittenSpan));
        return hash;
    }

    // Of a key that is there twice the first value counts both times, since the Collector looks each key up.
    private static void WriteMap(ArrayBufferWriter<byte> buffer, RepeatedField<KeyValue> attributes)
    {
        foreach (var attribute in attributes.Select(attribute => (Attribute: attribute, Utf8: Encoding.UTF8.GetBytes(attribute.Key)))
            .OrderBy(entry => entry.Utf8, Utf8Order.Instance))
        {
            Write(buffer, Key);
            buffer.Write(attribute.Utf8);
            WriteValue(buffer, attributes.First(other => other.Key == attribute.Attribute.Key).Value);
        }
    }

    private static void WriteValue(ArrayBufferWriter<byte> buffer, AnyValue? value)
    {
        switch (value?.ValueCase ?? AnyValue.ValueOneofCase.None)
        {
            case AnyValue.ValueOneofCase.StringValue:
                Write(buffer, String);
                Encoding.UTF8.GetBytes(value!.StringValue, buffer);
                break;
            case AnyValue.ValueOneofCase.BoolValue:
                Write(buffer, value!.BoolValue ? True : False);
                break;
            case AnyValue.ValueOneofCase.IntValue:
                Write(buffer, Integer);
                BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(sizeof(long)), value!.IntValue);
                buffer.Advance(sizeof(long));
                break;
            case AnyValue.ValueOneofCase.DoubleValue:
                Write(buffer, Double);
                BinaryPrimitives.WriteDoubleLittleEndian(buffer.GetSpan(sizeof(double)), value!.DoubleValue);
                buffer.Advance(sizeof(double));
                break;
            case AnyValue.ValueOneofCase.KvlistValue:
                Write(buffer, MapStart);
                WriteMap(buffer, value!.KvlistValue.Values);
                Write(buffer, MapEnd);
                break;
            case AnyValue.ValueOneofCase.ArrayValue:
                Write(buffer, ListStart);
                foreach (var inner in value!.ArrayValue.Values)
                    WriteValue(buffer, inner);
                Write(buffer, ListEnd);
                break;
            case AnyValue.ValueOneofCase.BytesValue:
                Write(buffer, Bytes);
                buffer.Write(value!.BytesValue.Span);
                break;
            default:
                Write(buffer, Empty);
                break;
        }
    }

    private static void Write(ArrayBufferWriter<byte> buffer, byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }
}
