using System.Buffers.Text;

namespace Observability.Forwarder.Lines;

/// <summary>
/// Brings the many spellings of a level to the ones that Loki itself detects (<c>pkg/util/constants/levels.go</c>), so
/// that one query finds them all and the label has seven values at most.
/// </summary>
internal static class LevelNormalizer
{
    private const int LongestName = 16;

    /// <summary>The level of a line whose level is missing or unheard of.</summary>
    public static ReadOnlySpan<byte> Unknown => "unknown"u8;

    /// <summary>Normalises a level.</summary>
    /// <param name="level">A name in any case, or a number as bunyan and pino write it (10 trace … 60 fatal).</param>
    /// <returns>trace, debug, info, warn, error, fatal or unknown.</returns>
    public static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> level)
    {
        if (level.IsEmpty || level.Length > LongestName)
            return Unknown;
        if (level[0] is >= (byte)'0' and <= (byte)'9')
            return FromNumber(level);

        Span<byte> lower = stackalloc byte[LongestName];
        for (var i = 0; i < level.Length; i++)
            lower[i] = level[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(level[i] | 0x20) : level[i];
        lower = lower[..level.Length];

        // The first letter decides all but the rarest names.
        switch (lower[0])
        {
            case (byte)'i' when lower.SequenceEqual("info"u8) || lower.SequenceEqual("information"u8) || lower.SequenceEqual("informational"u8) || lower.SequenceEqual("inf"u8) || lower.SequenceEqual("i"u8):
            case (byte)'n' when lower.SequenceEqual("notice"u8):
                return "info"u8;
            case (byte)'d' when lower.SequenceEqual("debug"u8) || lower.SequenceEqual("dbg"u8) || lower.SequenceEqual("d"u8):
                return "debug"u8;
            case (byte)'w' when lower.SequenceEqual("warn"u8) || lower.SequenceEqual("warning"u8) || lower.SequenceEqual("wrn"u8) || lower.SequenceEqual("w"u8):
                return "warn"u8;
            case (byte)'e' when lower.SequenceEqual("error"u8) || lower.SequenceEqual("err"u8) || lower.SequenceEqual("e"u8):
                return "error"u8;
            case (byte)'t' when lower.SequenceEqual("trace"u8) || lower.SequenceEqual("trc"u8) || lower.SequenceEqual("t"u8):
            case (byte)'v' when lower.SequenceEqual("verbose"u8):
                return "trace"u8;
            case (byte)'f' when lower.SequenceEqual("fatal"u8) || lower.SequenceEqual("ftl"u8) || lower.SequenceEqual("f"u8):
            case (byte)'c' when lower.SequenceEqual("critical"u8) || lower.SequenceEqual("crit"u8):
            case (byte)'p' when lower.SequenceEqual("panic"u8):
            case (byte)'a' when lower.SequenceEqual("alert"u8):
                return "fatal"u8;
            case (byte)'e' when lower.SequenceEqual("emergency"u8) || lower.SequenceEqual("emerg"u8):
                return "fatal"u8;
            default:
                return Unknown;
        }
    }

    private static ReadOnlySpan<byte> FromNumber(ReadOnlySpan<byte> level) =>
        !Utf8Parser.TryParse(level, out int number, out var used) || used != level.Length ? Unknown
        : number switch
        {
            10 => "trace"u8,
            20 => "debug"u8,
            30 => "info"u8,
            40 => "warn"u8,
            50 => "error"u8,
            60 => "fatal"u8,
            _ => Unknown,
        };
}
