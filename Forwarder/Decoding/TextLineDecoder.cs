using System.Buffers;

namespace Observability.Forwarder.Decoding;

/// <summary>
/// Finds the level and the time that a line of text begins with, as the loggers of many languages write it: behind a date, numbers, names
/// in brackets and up to a few words, in capitals (<c>ERROR</c>), in brackets (<c>[error]</c>), before a colon (<c>fail:</c>), as a letter
/// (<c>E1126</c>, klog) or a syslog priority (<c>&lt;11&gt;</c>). Prose is left alone: there a level's name is a word like any other.
/// </summary>
internal static class TextLineDecoder
{
    // Nobody writes a level further in than this; a line of prose is not searched to its end.
    private const int MaxHead = 256;
    private const int MaxWords = 4;
    private const byte Escape = 0x1B;

    private static readonly SearchValues<byte> WordBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:#/+-"u8);

    /// <summary>Reads the head of a line into <paramref name="sink"/>.</summary>
    public static void Read<TSink>(ReadOnlySpan<byte> line, FieldSource source, TSink sink)
        where TSink : ILineSink
    {
        var head = line[..Math.Min(line.Length, MaxHead)];
        var level = FindLevel(head, out var time);
        if (!level.IsEmpty || time.Nanoseconds != 0)
            sink.SetHead(source, level, time);
    }

    private static ReadOnlySpan<byte> FindLevel(ReadOnlySpan<byte> head, out ParsedTime time)
    {
        time = default;
        var position = SkipSpace(head, 0);
        if (position == head.Length)
            return default;
        if (head[position] == '<')
            return FromPriority(head[position..], out time);
        if (IsKlog(head[position..]))
            return LevelNormalizer.Normalize(head.Slice(position, 1));

        var isPrefixed = false;
        var isBehindTime = false;
        var inBrackets = false;
        var words = 0;
        while (position < head.Length)
        {
            var current = head[position];
            switch (current)
            {
                case Escape:
                    position = SkipColour(head, position);
                    continue;
                case (byte)'\n':
                    return OfSecondLine(head[(position + 1)..]);
                case (byte)'"' or (byte)'{' or (byte)'=':
                    return default;
                case (byte)'[' or (byte)']' or (byte)'(':
                    inBrackets = current == '[';
                    isPrefixed = true;
                    position++;
                    continue;
                case >= (byte)'0' and <= (byte)'9':
                    if (time.Nanoseconds == 0 && TryTime(head[position..], out time, out var length))
                    {
                        position += length;
                        isPrefixed = isBehindTime = true;
                        continue;
                    }

                    isPrefixed |= words == 0;
                    position += LengthOf(head[position..], NumberBytes);
                    continue;
            }

            var word = LengthOf(head[position..], WordBytes);
            if (word == 0)
            {
                // Letters of other scripts are words too, and end the head of an unprefixed line.
                if (current >= 0x80 && !isPrefixed)
                    return default;
                position++;
                continue;
            }

            var level = LevelOf(head, position, word, words, isPrefixed, isBehindTime, inBrackets);
            if (!level.IsEmpty)
                return level;

            isBehindTime = false;
            var isPartOfName = position > 0 && head[position - 1] == '.';
            if (!inBrackets && !isPartOfName && ++words > (isPrefixed ? MaxWords : 0))
                return head.IndexOf((byte)'\n') is >= 0 and var end ? OfSecondLine(head[(end + 1)..]) : default;
            position += word;
        }

        return default;
    }

    private static ReadOnlySpan<byte> LevelOf(ReadOnlySpan<byte> head, int position, int length, int words, bool isPrefixed,
        bool isBehindTime, bool inBrackets)
    {
        var word = head.Slice(position, length);
        var end = position + length;
        while (end < head.Length && head[end] == Escape)
            end = SkipColour(head, end);
        var next = end < head.Length ? head[end] : (byte)' ';
        var previous = position > 0 ? head[position - 1] : (byte)' ';
        var mayFollow = words == 0 || isPrefixed;
        if (length == 1)
        {
            // semantic_logger writes "2026-11-26 08:00:00.123456 E [main]", Ruby's Logger "E, [2026-11-26T08:00:00 #1] ERROR -- : no".
            return (isBehindTime && next == ' ') || (position == 0 && next == ',') ? FromLetter(word) : default;
        }

        // "ERROR_CODE" and "ERROR=7" are names, "ERROR-2" is a number of something.
        if (word.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0)
        {
            var isName = next is (byte)'=' or (byte)'-' or (byte)'/' or (byte)'.' && !(next == '-' && isBehindTime);
            return mayFollow && !isName && (!word.SequenceEqual("LOG"u8) || next == ':') ? LevelNormalizer.Normalize(word) : default;
        }

        if (length < 3)
            return default;
        var stands = (words == 0 && next == ':' && (position == 0 || previous is (byte)' ' or (byte)'m'))
            || (inBrackets && next == ']')
            || (isBehindTime && next is (byte)' ' or (byte)'\t')
            || (isPrefixed && words == 0 && previous is (byte)'|' or (byte)'<')
            || (isPrefixed && words == 0 && next == '|');
        return stands ? LevelNormalizer.Normalize(word) : default;
    }

    private static ReadOnlySpan<byte> FromLetter(ReadOnlySpan<byte> letter) =>
        letter[0] is (byte)'T' or (byte)'D' or (byte)'I' or (byte)'W' or (byte)'E' or (byte)'F'
            ? LevelNormalizer.Normalize(letter)
            : default;

    // java.util.logging puts "SEVERE: text" on a second line.
    private static ReadOnlySpan<byte> OfSecondLine(ReadOnlySpan<byte> line)
    {
        var length = LengthOf(line, WordBytes);
        return length > 2 && length < line.Length && line[length] == ':' && line[..length].IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0
            ? LevelNormalizer.Normalize(line[..length])
            : default;
    }

    // "<11>Nov 26 08:00:00 host app: text" (RFC 3164), "<11>1 2026-11-26T08:00:00Z host app 1 ID - text" (RFC 5424), "<3>Category[0] text"
    // (.NET's systemd console).
    private static ReadOnlySpan<byte> FromPriority(ReadOnlySpan<byte> head, out ParsedTime time)
    {
        time = default;
        var end = head.IndexOf((byte)'>');
        if (end is < 2 or > 4 || !System.Buffers.Text.Utf8Parser.TryParse(head[1..end], out byte priority, out var used) || used != end - 1
            || priority > 191)
            return default;
        var rest = head[(end + 1)..];
        if (!rest.StartsWith("1 "u8) || !TimestampParser.TryParseDate(rest[2..], out time, out _))
            time = default;
        return LevelNormalizer.FromSyslog(priority & 7);
    }

    // "E1126 08:00:01.123456       1 controller.go:114] text": letter, month and day, time.
    private static bool IsKlog(ReadOnlySpan<byte> head) =>
        head.Length > 21 && head[0] is (byte)'I' or (byte)'W' or (byte)'E' or (byte)'F' && head[5] == ' ' && head[8] == ':'
            && head[11] == ':' && head[14] == '.'
        && head[1..5].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static bool TryTime(ReadOnlySpan<byte> text, out ParsedTime time, out int length)
    {
        if (TimestampParser.TryParseDate(text, out time, out length))
            return true;
        length = text.Length >= 26 && text[2] == '/' ? text.IndexOf((byte)']') : 0;
        return length > 0 && TimestampParser.TryParse(text[..length], out time);
    }

    private static int LengthOf(ReadOnlySpan<byte> text, SearchValues<byte> bytes)
    {
        var length = text.IndexOfAnyExcept(bytes);
        return length < 0 ? text.Length : length;
    }

    private static int SkipSpace(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && text[position] is (byte)' ' or (byte)'\t')
            position++;
        return position;
    }

    // ESC [ … m: a terminal's colour.
    private static int SkipColour(ReadOnlySpan<byte> text, int position)
    {
        var end = text[position..].IndexOf((byte)'m');
        return end is > 0 and < 16 ? position + end + 1 : position + 1;
    }
}
