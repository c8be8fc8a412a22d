using System.Buffers.Text;
using System.Runtime.Intrinsics;

namespace Observability.Forwarder.Decoding;

/// <summary>Reads the timestamps that log lines carry, without an allocation and without losing digits.</summary>
internal static class TimestampParser
{
    private const long Second = 1_000_000_000;
    private const int SecondDigits = 9;

    // A number counts the unit that puts it between 1973 and 2262: 10 digits are seconds, 13 milliseconds, 16 microseconds, 19 nanoseconds.
    // A smaller one is something else, a duration say; nanoseconds since 1970 fit into 64 bits until 2262.
    private const long SmallestSeconds = 100_000_000;
    private const long LargestSeconds = long.MaxValue / Second;
    private const long SmallestMilliseconds = SmallestSeconds * 1_000;
    private const long SmallestMicroseconds = SmallestMilliseconds * 1_000;
    private const long SmallestNanoseconds = SmallestMicroseconds * 1_000;

    // A leap second.
    private const int LastSecond = 60;

    // yyyyMMddHHmmss, and with milliseconds. As Unix times they would be of the year 2600.
    private const int CompactDate = 14;
    private const int CompactDateWithMilliseconds = 17;

    // The places of the digits in yyyy-MM-ddTHH:mm, as bits from the lowest on.
    private const uint DatePlaces = 0b_1101_1011_0110_1111;

    // The minute lately read. Lines come in about the order of time.
    [ThreadStatic]
    private static (Vector128<byte> Text, long Seconds) _minute;

    private static ReadOnlySpan<long> Powers => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>
    /// Reads a date (RFC 3339 and its relatives: a comma before the fraction, slashes, a space before the zone, hours alone in it, no
    /// seconds, no zone at all; <c>yyyyMMddHHmmss</c>; <c>26/Nov/2026:08:00:00 +0000</c>) or a Unix time in seconds, milli-, micro- or
    /// nanoseconds, also with a fraction or an exponent.
    /// </summary>
    /// <param name="text">The text, in UTF-8.</param>
    /// <param name="time">The time.</param>
    /// <returns>Whether <paramref name="text"/> is a time that Loki can hold.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out ParsedTime time)
    {
        text = JsonText.Trim(text);
        if (text.Length >= 16 && text[4] is (byte)'-' or (byte)'/')
            return TryParseDate(text, out time, out var length) && length == text.Length;
        if (text.Length >= 20 && text[2] == '/')
            return TryParseAccessLogDate(text, out time);
        return TryParseNumber(text, out time);
    }

    /// <summary>Reads the date that a text begins with: <c>yyyy-MM-dd</c> or with slashes, then <c>T</c> or a space, then the time of
    /// day.</summary>
    /// <param name="text">The text, in UTF-8.</param>
    /// <param name="time">The time.</param>
    /// <param name="length">How much of the text it takes.</param>
    /// <returns>Whether there is such a date.</returns>
    public static bool TryParseDate(ReadOnlySpan<byte> text, out ParsedTime time, out int length)
    {
        time = default;
        length = 0;
        if (text.Length < 16)
            return false;
        ref var known = ref _minute;
        var minute = Vector128.Create(text);
        if (minute != known.Text || known.Seconds == 0)
        {
            if (!TryParseMinute(text, out var seconds))
                return false;
            known = (minute, seconds);
        }

        var position = 16;
        var second = 0;
        long fraction = 0;
        var digits = SecondDigits;
        if (text.Length >= 19 && text[16] == ':')
        {
            if (!TryDigits(text, 17, 2, out second))
                return false;
            position = 19;
            if (position < text.Length && text[position] is (byte)'.' or (byte)',')
            {
                for (position++; position < text.Length && text[position] is >= (byte)'0' and <= (byte)'9'; position++)
                {
                    if (digits == 0)
                        continue;
                    fraction = (fraction * 10) + (text[position] - '0');
                    digits--;
                }

                fraction *= Powers[digits];
            }
        }

        var hasZone = TryZone(text[position..], out var zoneSeconds, out var zoneLength);
        if (zoneLength < 0)
            return false;
        length = position + zoneLength;
        return second <= LastSecond && TryCompose(known.Seconds + second - zoneSeconds, fraction, digits, hasZone, out time);
    }

    // From yyyy to mm.
    private static bool TryParseMinute(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        if ((text[4] is not ((byte)'-' or (byte)'/')) || text[7] != text[4] || (text[10] is not ((byte)'T' or (byte)'t' or (byte)' '))
            || text[13] != ':')
            return false;

        // All at once: the other four places are those that were looked at.
        var isDigit = Vector128.LessThanOrEqual(Vector128.Create(text) - Vector128.Create((byte)'0'), Vector128.Create((byte)9));
        return (isDigit.ExtractMostSignificantBits() & DatePlaces) == DatePlaces
            && TrySeconds((TwoDigits(text, 0) * 100) + TwoDigits(text, 2), TwoDigits(text, 5), TwoDigits(text, 8), TwoDigits(text, 11),
                TwoDigits(text, 14), 0, out seconds);
    }

    private static bool TryParseNumber(ReadOnlySpan<byte> text, out ParsedTime time)
    {
        time = default;
        if (Utf8Parser.TryParse(text, out long whole, out var used) && used == text.Length)
        {
            if (text.Length is CompactDate or CompactDateWithMilliseconds)
                return TryParseCompact(text, out time);
            time = whole switch
            {
                >= SmallestNanoseconds => new(whole, 0, true),
                >= SmallestMicroseconds and <= long.MaxValue / 1_000 => new(whole * 1_000, 3, true),
                >= SmallestMilliseconds and <= long.MaxValue / 1_000_000 => new(whole * 1_000_000, 6, true),
                >= SmallestSeconds and <= LargestSeconds => new(whole * Second, SecondDigits, true),
                _ => default,
            };
            return time.Nanoseconds > 0;
        }

        return TryParseFraction(text, out time);
    }

    // decimal, not double: a double holds no nanoseconds of this century.
    private static bool TryParseFraction(ReadOnlySpan<byte> text, out ParsedTime time)
    {
        time = default;
        if (text.IsEmpty
            || !(Utf8Parser.TryParse(text, out decimal value, out var used) || Utf8Parser.TryParse(text, out value, out used, 'E'))
            || used != text.Length || value < SmallestSeconds)
            return false;

        var (unit, open) = value switch
        {
            < LargestSeconds => (Second, SecondDigits),
            >= SmallestMilliseconds and < long.MaxValue / 1_000_000 => (1_000_000L, 6),
            >= SmallestMicroseconds and < long.MaxValue / 1_000 => (1_000L, 3),
            >= SmallestNanoseconds and < long.MaxValue => (1L, 0),
            _ => (0L, 0),
        };
        if (unit == 0)
            return false;

        // What an exponent writes as 1.79E+12 has whatever digits its clock had: those that are not zero tell.
        var nanoseconds = (long)(value * unit);
        var isExponent = text.IndexOfAny((byte)'e', (byte)'E') >= 0;
        var digits = isExponent ? Math.Min(6, TrailingZeros(nanoseconds)) : Math.Max(0, open - value.Scale);
        time = new(nanoseconds, digits, true);
        return true;
    }

    private static bool TryParseCompact(ReadOnlySpan<byte> text, out ParsedTime time)
    {
        time = default;
        var milliseconds = 0;
        return TryDigits(text, 0, 4, out var year) && TryDigits(text, 4, 2, out var month) && TryDigits(text, 6, 2, out var day)
            && TryDigits(text, 8, 2, out var hour) && TryDigits(text, 10, 2, out var minute) && TryDigits(text, 12, 2, out var second)
            && (text.Length == CompactDate || TryDigits(text, 14, 3, out milliseconds))
            && TryCompose(year, month, day, hour, minute, second, milliseconds * 1_000_000L, 0,
                text.Length == CompactDate ? SecondDigits : 6, hasZone: false, out time);
    }

    // As the access logs of Apache and nginx have it: 26/Nov/2026:08:00:00 +0000.
    private static bool TryParseAccessLogDate(ReadOnlySpan<byte> text, out ParsedTime time)
    {
        time = default;
        var month = Months.IndexOf(text.Slice(3, 3));
        if (text[6] != '/' || text[11] != ':' || text[14] != ':' || text[17] != ':' || month % 3 != 0
            || !TryDigits(text, 0, 2, out var day) || !TryDigits(text, 7, 4, out var year) || !TryDigits(text, 12, 2, out var hour)
            || !TryDigits(text, 15, 2, out var minute) || !TryDigits(text, 18, 2, out var second))
            return false;
        var hasZone = TryZone(text[20..], out var zoneSeconds, out var zoneLength);
        return zoneLength == text.Length - 20
            && TryCompose(year, (month / 3) + 1, day, hour, minute, second, 0, zoneSeconds, SecondDigits, hasZone, out time);
    }

    private static bool TryCompose(int year, int month, int day, int hour, int minute, int second, long fraction, int zoneSeconds,
        int digits, bool hasZone, out ParsedTime time)
    {
        time = default;
        return TrySeconds(year, month, day, hour, minute, second, out var seconds)
            && TryCompose(seconds - zoneSeconds, fraction, digits, hasZone, out time);
    }

    private static bool TryCompose(long seconds, long fraction, int digits, bool hasZone, out ParsedTime time)
    {
        time = new((seconds * Second) + fraction, digits, hasZone);
        return time.Nanoseconds >= 0;
    }

    // Seconds since 1970.
    private static bool TrySeconds(int year, int month, int day, int hour, int minute, int second, out long seconds)
    {
        seconds = 0;
        // Nanoseconds since 1970 fit into 64 bits until 2262.
        if (year is < 1970 or > 2261 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23
            || minute > 59 || second > LastSecond)
            return false;
        var days = (new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerDay;
        seconds = (days * 86_400) + (hour * 3_600) + (minute * 60) + second;
        return true;
    }

    // A length of -1: what follows is part of the time, but cannot be read. No zone at all has the length 0.
    private static bool TryZone(ReadOnlySpan<byte> text, out int seconds, out int length)
    {
        seconds = 0;
        length = 0;
        if (text.IsEmpty)
            return false;
        if (text[0] is (byte)'Z' or (byte)'z')
        {
            length = 1;
            return true;
        }

        var space = text[0] == ' ' ? 1 : 0;
        var zone = text[space..];
        if (space == 1 && (zone.StartsWith("UTC"u8) || zone.StartsWith("GMT"u8)))
        {
            length = 4;
            return true;
        }

        if (zone.Length < 3 || zone[0] is not ((byte)'+' or (byte)'-') || !TryDigits(zone, 1, 2, out var hours))
        {
            // "+2:00" is a zone that cannot be read; " - " behind a space is the line going on.
            length = space == 0 && zone[0] is (byte)'+' or (byte)'-' ? -1 : 0;
            return false;
        }

        var minutes = 0;
        var used = 3;
        if (zone.Length >= 6 && zone[3] == ':' && TryDigits(zone, 4, 2, out minutes))
            used = 6;
        else if (zone.Length >= 5 && TryDigits(zone, 3, 2, out minutes))
            used = 5;
        if (hours > 23 || minutes > 59)
        {
            length = -1;
            return false;
        }

        seconds = ((hours * 3_600) + (minutes * 60)) * (zone[0] == '-' ? -1 : 1);
        length = space + used;
        return true;
    }

    /// <summary>How many decimal zeros a time in nanoseconds ends with, 9 at most: those that its clock may have left open.</summary>
    public static int TrailingZeros(long nanoseconds)
    {
        var zeros = 0;
        for (; zeros < SecondDigits && nanoseconds % 10 == 0; zeros++)
            nanoseconds /= 10;
        return zeros;
    }

    private static int TwoDigits(ReadOnlySpan<byte> text, int start) => (text[start] * 10) + text[start + 1] - ('0' * 11);

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
