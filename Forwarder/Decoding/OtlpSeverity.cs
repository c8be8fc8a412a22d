namespace Observability.Forwarder.Decoding;

/// <summary>OpenTelemetry's severity numbers (logs data model, "Displaying Severity"): four a level, from 1 (TRACE) to 24
/// (FATAL4).</summary>
internal static class OtlpSeverity
{
    /// <summary>The level as <see cref="LevelNormalizer"/> names it, or nothing for 0 (unspecified) and unknown numbers.</summary>
    public static ReadOnlySpan<byte> Level(int number) => number switch
    {
        >= 1 and <= 4 => "trace"u8,
        >= 5 and <= 8 => "debug"u8,
        >= 9 and <= 12 => "info"u8,
        >= 13 and <= 16 => "warn"u8,
        >= 17 and <= 20 => "error"u8,
        >= 21 and <= 24 => "fatal"u8,
        _ => default,
    };
}
