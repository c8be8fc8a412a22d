using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Decoding;

/// <summary>Finds out a record's format from its first bytes. A wrong guess costs a failed decoding, never a line.</summary>
internal static class FormatSniffer
{
    private const int OtlpJsonLookAhead = 32;

    public static RecordFormat Sniff(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return RecordFormat.Text;
        if (value[0] == '{')
            return IsOtlpJson(value) ? RecordFormat.OtlpJson : RecordFormat.Json;
        if (value[0] == OtlpProtobufDecoder.ResourceLogsTag && OtlpProtobufDecoder.IsValid(value))
            return RecordFormat.OtlpProtobuf;
        return IsLogfmt(value) ? RecordFormat.Logfmt : RecordFormat.Text;
    }

    private static bool IsOtlpJson(ReadOnlySpan<byte> value) =>
        value[..Math.Min(value.Length, OtlpJsonLookAhead)].IndexOf("\"resourceLogs\""u8) >= 0;

    // The first word is key=value: enough, since a line of prose that looks so is stored just the same.
    private static bool IsLogfmt(ReadOnlySpan<byte> value)
    {
        var equals = value.IndexOfAny((byte)'=', (byte)' ');
        return equals > 0 && value[equals] == '=' && value[..equals].IndexOfAnyExcept(LogfmtDecoder.KeyBytes) < 0;
    }
}
