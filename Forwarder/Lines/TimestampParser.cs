using System.Buffers.Text;

namespace Observability.Forwarder.Lines;

/// <summary>Reads the timestamps that log lines carry, without an allocation and without losing digits below a microsecond.</summary>
internal static class TimestampParser
{
    private const long Second = 1_000_000_000;

    // A number counts the unit that puts it between 1973 and 2262: 10 digits are seconds, 13 milliseconds, 16 microseconds, 19 nanoseconds.
    // A smaller one is something else, a duration say; nanoseconds since 1970 fit into 64 bits until 2262.
    private const long SmallestSeconds = 100_000_000;
    private const long LargestSeconds = long.MaxValue / Second;
    private const long SmallestMilliseconds = SmallestSeconds * 1_000;
    private const long SmallestMicroseconds = SmallestMilliseconds * 1_000;
    private const long SmallestNanoseconds = SmallestMicroseconds * 1_000;

    /// <summary>Reads an RFC 3339 date with up to nine fractional digits, or a Unix time in seconds (also fractional), milli-, micro- or nanoseconds.</summary>
    /// <param name="text">The text, in UTF-8.</param>
    /// <param name="nanoseconds">Unix time in nanoseconds.</param>
    /// <returns>Whether <paramref name="text"/> is a time that Loki can hold.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out long nanoseconds) =>
        text.Length >= 19 && text[4] == '-' ? TryParseDate(text, out nanoseconds) : TryParseNumber(text, out nanoseconds);

    private static bool TryParseNumber(ReadOnlySpan<byte> text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (Utf8Parser.TryParse(text, out long whole, out var used) && used == text.Length)
        {
            nanoseconds = whole switch
            {
                >= SmallestNanoseconds => whole,
                >= SmallestMicroseconds => whole * 1_000,
                >= SmallestMilliseconds => whole * 1_000_000,
                >= SmallestSeconds and <= LargestSeconds => whole * Second,
                _ => 0,
            };
            return nanoseconds > 0;
        }

        // decimal, not double: a double holds no nanoseconds of this century.
        if (!Utf8Parser.TryParse(text, out decimal seconds, out used) || used != text.Length || seconds is < SmallestSeconds or >= LargestSeconds)
            return false;
        nanoseconds = (long)(seconds * Second);
        return true;
    }

    private static bool TryParseDate(ReadOnlySpan<byte> text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (text[7] != '-' || (text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')) || text[13] != ':' || text[16] != ':')
            return false;

        if (!TryDigits(text, 0, 4, out var year) || !TryDigits(text, 5, 2, out var month) || !TryDigits(text, 8, 2, out var day)
            || !TryDigits(text, 11, 2, out var hour) || !TryDigits(text, 14, 2, out var minute) || !TryDigits(text, 17, 2, out var second))
            return false;

        // Nanoseconds since 1970 fit into 64 bits until 2262.
        if (year is < 1970 or > 2261 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
            return false;

        var position = 19;
        long fraction = 0;
        if (position < text.Length && text[position] is (byte)'.' or (byte)',')
        {
            var scale = Second;
            for (position++; position < text.Length && text[position] is >= (byte)'0' and <= (byte)'9'; position++)
            {
                scale /= 10;
                fraction += (text[position] - '0') * scale;
            }
        }

        if (!TryOffset(text[position..], out var offsetSeconds))
            return false;

        var days = (new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerDay;
        var seconds = (days * 86_400) + (hour * 3_600) + (minute * 60) + second - offsetSeconds;
        nanoseconds = (seconds * Second) + fraction;
        return nanoseconds >= 0;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        // No offset is read as UTC: nothing better is known.
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
            return true;

        var separator = text.Length == 6 && text[3] == ':' ? 1 : 0;
        if (text.Length != 5 + separator || text[0] is not ((byte)'+' or (byte)'-')
            || !TryDigits(text, 1, 2, out var hours) || !TryDigits(text, 3 + separator, 2, out var minutes) || hours > 23 || minutes > 59)
            return false;

        seconds = ((hours * 3_600) + (minutes * 60)) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, int start, int count, out int value)
    {
        value = 0;
        for (var i = start; i < start + count; i++)
        {
            var digit = text[i] - '0';
            if ((uint)digit > 9)
                return false;
            value = (value * 10) + digit;
        }

        return true;
    }
}
