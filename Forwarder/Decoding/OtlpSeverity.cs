namespace Observability.Forwarder.Decoding;

/// <summary>OpenTelemetry's severity numbers (logs data model, "Displaying Severity"): four a level, from 1 (TRACE) to 24 (FATAL4).</summary>
internal static class OtlpSeverity
{
    /// <summary>The level's short name, or nothing for 0 (unspecified) and unknown numbers.</summary>
    public static ReadOnlySpan<byte> Text(int number) => number switch
    {
        >= 1 and <= 4 => "TRACE"u8,
        >= 5 and <= 8 => "DEBUG"u8,
        >= 9 and <= 12 => "INFO"u8,
        >= 13 and <= 16 => "WARN"u8,
        >= 17 and <= 20 => "ERROR"u8,
        >= 21 and <= 24 => "FATAL"u8,
        _ => default,
    };
}
