using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Decoding;

/// <summary>Guesses a record's format from its first bytes. A wrong guess costs a failed decoding, never a line.</summary>
internal static class FormatSniffer
{
    private const int OtlpJsonLookAhead = 32;

    // A schema registry's frame: a zero, then the schema's number in four bytes (Confluent, "Wire format").
    private const int RegistryFrame = 5;

    /// <summary>The format that the first bytes look like.</summary>
    public static RecordFormat Sniff(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return RecordFormat.Text;
        if (value[0] == OtlpFields.RequestTag && OtlpProtobufDecoder.IsRequest(value, out _))
            return RecordFormat.OtlpProtobuf;
        return SniffText(value);
    }

    /// <summary>The format of what is no protobuf.</summary>
    public static RecordFormat SniffText(ReadOnlySpan<byte> value)
    {
        var start = JsonText.SkipSpace(value, value.StartsWith(JsonText.ByteOrderMark) ? JsonText.ByteOrderMark.Length : 0);
        if (start < value.Length && value[start] == '{')
            return IsOtlpJson(value[start..]) ? RecordFormat.OtlpJson : RecordFormat.Json;
        return LogfmtDecoder.IsLikely(value) ? RecordFormat.Logfmt : RecordFormat.Text;
    }

    /// <summary>Takes off the frame that a schema registry's serializer puts before JSON or protobuf.</summary>
    public static ReadOnlySpan<byte> WithoutRegistryFrame(ReadOnlySpan<byte> value)
    {
        if (value.Length <= RegistryFrame + 1 || value[0] != 0)
            return value;
        var rest = value[RegistryFrame..];
        if (rest[0] == '{')
            return rest;

        // Before protobuf stands which message of the schema it is; a single zero is the first.
        return rest[0] == 0 && rest[1] == OtlpFields.RequestTag ? rest[1..] : value;
    }

    // Whether a quote and an r stand together there: at a glance, since each record is asked.
    private static bool MayHaveResource(ReadOnlySpan<byte> value)
    {
        if (value.Length <= OtlpJsonLookAhead)
            return true;
        ref var start = ref MemoryMarshal.GetReference(value);
        return ((Quoted(ref start, 0) | Quoted(ref start, Vector128<byte>.Count)) != Vector128<byte>.Zero);

        static Vector128<byte> Quoted(ref byte start, int position) =>
            Vector128.Equals(Vector128.LoadUnsafe(ref start, (nuint)position), Vector128.Create((byte)'"'))
            & Vector128.Equals(Vector128.LoadUnsafe(ref start, (nuint)position + 1), Vector128.Create((byte)'r'));
    }

    private static bool IsOtlpJson(ReadOnlySpan<byte> value)
    {
        var head = value[..Math.Min(value.Length, OtlpJsonLookAhead)];
        return MayHaveResource(value) && head.IndexOf("\"resource"u8) >= 0
            && (head.IndexOf("\"resourceLogs\""u8) >= 0 || head.IndexOf("\"resource_logs\""u8) >= 0);
    }
}
