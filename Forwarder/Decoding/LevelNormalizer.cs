using System.Buffers.Binary;
using System.Buffers.Text;

namespace Observability.Forwarder.Decoding;

/// <summary>
/// Brings the many spellings of a level to the ones that Loki itself detects (<c>pkg/util/constants/levels.go</c>), so
/// that one query finds them all and the label has six values at most.
/// </summary>
internal static class LevelNormalizer
{
    private const int LongestName = 16;

    /// <summary>Normalises a level.</summary>
    /// <param name="level">A name in any case, also as slog writes it (<c>ERROR+2</c>), or a number.</param>
    /// <param name="scale">What a number means.</param>
    /// <returns>trace, debug, info, warn, error or fatal; empty when it is none that is known.</returns>
    public static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> level, LevelScale scale = LevelScale.Bunyan) =>
        level.IsEmpty ? default : TryFindUsual(level, out var usual) ? usual : NormalizeUnusual(level, scale);

    /// <summary>The level of a syslog severity, 0 to 7.</summary>
    public static ReadOnlySpan<byte> FromSyslog(int severity) => severity switch
    {
        >= 0 and <= 2 => "fatal"u8,
        3 => "error"u8,
        4 => "warn"u8,
        5 or 6 => "info"u8,
        7 => "debug"u8,
        _ => default,
    };

    private static ReadOnlySpan<byte> NormalizeUnusual(ReadOnlySpan<byte> level, LevelScale scale)
    {
        level = JsonText.Trim(level);
        if (level.IsEmpty || level.Length > LongestName)
            return default;
        if (level[0] is >= (byte)'0' and <= (byte)'9')
            return FromNumber(level, scale);

        Span<byte> lower = stackalloc byte[LongestName];
        for (var i = 0; i < level.Length; i++)
            lower[i] = level[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(level[i] | 0x20) : level[i];
        var name = FromName(lower[..level.Length]);
        if (!name.IsEmpty)
            return name;

        // slog (Go) writes a level between two names as the lower one and the distance.
        var sign = level.IndexOfAny((byte)'+', (byte)'-');
        return sign > 0 && sign < level.Length - 1 && level[(sign + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            ? FromName(lower[..sign])
            : default;
    }

    // The names of nearly all lines, compared as one number: a letter's case is one bit, which no other character shares.
    private static bool TryFindUsual(ReadOnlySpan<byte> level, out ReadOnlySpan<byte> usual)
    {
        const uint Info = 0x6F666E69;
        const uint Warn = 0x6E726177;
        const uint Debu = 0x75626564;
        const uint Erro = 0x6F727265;
        usual = default;
        if (level.Length is not (4 or 5))
            return false;
        var name = BinaryPrimitives.ReadUInt32LittleEndian(level) | 0x20202020;
        if (level.Length == 4)
            usual = name == Info ? "info"u8 : name == Warn ? "warn"u8 : default;
        else if ((name, level[4] | 0x20) is (Debu, 'g'))
            usual = "debug"u8;
        else if ((name, level[4] | 0x20) is (Erro, 'r'))
            usual = "error"u8;
        return !usual.IsEmpty;
    }

    // The first letter decides all but the rarest names.
    private static ReadOnlySpan<byte> FromName(scoped ReadOnlySpan<byte> lower)
    {
        switch (lower[0])
        {
            case (byte)'i' when lower.SequenceEqual("info"u8) || lower.SequenceEqual("information"u8)
                || lower.SequenceEqual("informational"u8) || lower.SequenceEqual("inf"u8) || lower.SequenceEqual("i"u8):
            case (byte)'n' when lower.SequenceEqual("notice"u8):
            case (byte)'s' when lower.SequenceEqual("success"u8):
            case (byte)'h' when lower.SequenceEqual("http"u8):
            case (byte)'l' when lower.SequenceEqual("log"u8):
                return "info"u8;
            case (byte)'d' when lower.SequenceEqual("debug"u8) || lower.SequenceEqual("dbg"u8) || lower.SequenceEqual("dbug"u8)
                || lower.SequenceEqual("d"u8):
            case (byte)'d' when lower.Length == 2 && lower[1] is >= (byte)'1' and <= (byte)'5':
            case (byte)'d' when lower.Length == 6 && lower.StartsWith("debug"u8) && lower[5] is >= (byte)'1' and <= (byte)'5':
            case (byte)'f' when lower.SequenceEqual("fine"u8):
            case (byte)'c' when lower.SequenceEqual("config"u8):
                return "debug"u8;
            case (byte)'w' when lower.SequenceEqual("warn"u8) || lower.SequenceEqual("warning"u8) || lower.SequenceEqual("wrn"u8)
                || lower.SequenceEqual("w"u8):
                return "warn"u8;
            case (byte)'e' when lower.SequenceEqual("error"u8) || lower.SequenceEqual("err"u8) || lower.SequenceEqual("eror"u8)
                || lower.SequenceEqual("e"u8):
            case (byte)'f' when lower.SequenceEqual("fail"u8):
            case (byte)'s' when lower.SequenceEqual("severe"u8):
                return "error"u8;
            case (byte)'t' when lower.SequenceEqual("trace"u8) || lower.SequenceEqual("trc"u8) || lower.SequenceEqual("trce"u8)
                || lower.SequenceEqual("t"u8):
            case (byte)'v' when lower.SequenceEqual("verbose"u8):
            case (byte)'f' when lower.SequenceEqual("finer"u8) || lower.SequenceEqual("finest"u8):
            case (byte)'s' when lower.SequenceEqual("silly"u8):
                return "trace"u8;
            case (byte)'f' when lower.SequenceEqual("fatal"u8) || lower.SequenceEqual("ftl"u8) || lower.SequenceEqual("f"u8):
            case (byte)'c' when lower.SequenceEqual("critical"u8) || lower.SequenceEqual("crit"u8):
            case (byte)'p' when lower.SequenceEqual("panic"u8):
            case (byte)'d' when lower.SequenceEqual("dpanic"u8):
            case (byte)'a' when lower.SequenceEqual("alert"u8):
            case (byte)'e' when lower.SequenceEqual("emergency"u8) || lower.SequenceEqual("emerg"u8):
                return "fatal"u8;
            default:
                return default;
        }
    }

    private static ReadOnlySpan<byte> FromNumber(ReadOnlySpan<byte> level, LevelScale scale)
    {
        if (!Utf8Parser.TryParse(level, out int number, out var used) || used != level.Length)
            return default;
        if (scale == LevelScale.Syslog)
            return FromSyslog(number);
        return number switch
        {
            10 => "trace"u8,
            20 => "debug"u8,
            30 => "info"u8,
            40 => "warn"u8,
            50 => "error"u8,
            60 => "fatal"u8,
            _ => default,
        };
    }
}
