using System.Buffers;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Observability.Embedded.EmbeddedLoki.Ingest;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Receivers;

/// <summary>
/// OTLP's protobuf. A string that is no UTF-8 has U+FFFD in the place of each wrong part: one log of an old program must not cost all the
/// others of its request, and protobuf's own reader would refuse them together.
/// </summary>
internal static class OtlpProtobuf
{
    /// <summary>
    /// Most log records of a request, or four times as many messages of any kind: an empty one is two bytes on the wire, next to none
    /// compressed, and two hundred in memory.
    /// </summary>
    public const int MaxRecords = 100_000;

    /// <summary>Why a request with more of them is refused.</summary>
    public static readonly string TooMany =
        string.Create(CultureInfo.InvariantCulture, $"the request has more than {MaxRecords} log records");

    // Protobuf's own limit.
    private const int MaxDepth = 100;

    /// <exception cref="InvalidProtocolBufferException">It is no protobuf.</exception>
    public static ExportLogsServiceRequest Parse(ReadOnlySequence<byte> bytes)
    {
        var whole = bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray();
        try
        {
            MessageCount.Check(ExportLogsServiceRequest.Descriptor, whole, MaxRecords);
            return ExportLogsServiceRequest.Parser.ParseFrom(whole);
        }
        catch (PushFormatException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new OtlpFormatException(exception.StatusCode, TooMany);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or PushFormatException)
        {
            var repaired = new ArrayBufferWriter<byte>((int)bytes.Length + 64);
            Repair(whole, ExportLogsServiceRequest.Descriptor, repaired, MaxDepth);
            return ExportLogsServiceRequest.Parser.ParseFrom(repaired.WrittenSpan);
        }
    }

    private static void Repair(ReadOnlySpan<byte> message, MessageDescriptor type, ArrayBufferWriter<byte> output, int depth)
    {
        if (depth == 0)
            throw new OtlpFormatException(StatusCodes.Status400BadRequest, $"the request is nested more than {MaxDepth} deep");

        while (!message.IsEmpty)
        {
            var field = message;
            var tag = (uint)ReadVarint(ref message);
            switch (tag & 7)
            {
                case 0:
                    ReadVarint(ref message);
                    break;
                case 1:
                    Skip(ref message, sizeof(ulong));
                    break;
                case 5:
                    Skip(ref message, sizeof(uint));
                    break;
                case 2:
                    var value = Skip(ref message, ReadVarint(ref message));
                    switch (type.FindFieldByNumber((int)(tag >> 3))?.FieldType)
                    {
                        case FieldType.String:
                            WriteField(output, tag, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(value)));
                            continue;
                        case FieldType.Message:
                            var inner = new ArrayBufferWriter<byte>(value.Length + 16);
                            Repair(value, type.FindFieldByNumber((int)(tag >> 3)).MessageType, inner, depth - 1);
                            WriteField(output, tag, inner.WrittenSpan);
                            continue;
                    }

                    break;
                default:
                    throw Damaged();
            }

            output.Write(field[..(field.Length - message.Length)]);
        }
    }

    private static void WriteField(ArrayBufferWriter<byte> output, uint tag, ReadOnlySpan<byte> value)
    {
        WriteVarint(output, tag);
        WriteVarint(output, (uint)value.Length);
        output.Write(value);
    }

    private static void WriteVarint(ArrayBufferWriter<byte> output, uint value)
    {
        for (; value > 0x7f; value >>= 7)
            output.Write([(byte)(value | 0x80)]);
        output.Write([(byte)value]);
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] > 0x7f)
                continue;
            bytes = bytes[(i + 1)..];
            return value;
        }

        throw Damaged();
    }

    private static ReadOnlySpan<byte> Skip(ref ReadOnlySpan<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length)
            throw Damaged();
        var skipped = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return skipped;
    }

    private static OtlpFormatException Damaged() => new(
        StatusCodes.Status400BadRequest,
        "the request is no ExportLogsServiceRequest in protobuf: it ends too early, or has no field where one must be");
}
