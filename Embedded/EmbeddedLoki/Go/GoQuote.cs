using System.Globalization;
using System.Text;

namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>
/// String literals as Go writes and reads them (<c>strconv.Quote</c>, <c>strutil.Unquote</c>), which is what LogQL and label texts use.
/// </summary>
internal static class GoQuote
{
    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2);
        Append(text, value);
        return text.ToString();
    }

    /// <summary>The character at a place as Go's <c>%q</c> prints a rune: <c>'a'</c>; a zero behind the end.</summary>
    public static string QuoteRune(string text, int at)
    {
        if (at >= text.Length)
            return @"'\x00'";
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out _);
        var quoted = Quote(rune.ToString())[1..^1];
        return $"'{quoted switch { "'" => @"\'", "\\\"" => "\"", _ => quoted }}'";
    }

    public static void Append(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\t' => text.Append(@"\t"),
                '\a' => text.Append(@"\a"),
                '\b' => text.Append(@"\b"),
                '\f' => text.Append(@"\f"),
                '\v' => text.Append(@"\v"),
                < ' ' or '\u007f' => text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    /// <summary>
    /// Reads a literal that starts at <paramref name="start"/> with <c>"</c>, <c>'</c> or <c>`</c>.
    /// </summary>
    /// <returns>The number of characters read, quotes included; 0 when the literal is malformed or not closed.</returns>
    public static int Read(ReadOnlySpan<char> text, int start, out string value)
    {
        value = "";
        var quote = text[start];
        if (quote == '`')
        {
            var end = text[(start + 1)..].IndexOf('`');
            if (end < 0)
                return 0;
            value = text.Slice(start + 1, end).ToString();
            return end + 2;
        }

        var plain = text[(start + 1)..].IndexOfAny(quote, '\\', '\n');
        if (plain < 0)
            return 0;
        if (text[start + 1 + plain] == quote)
        {
            value = text.Slice(start + 1, plain).ToString();
            return plain + 2;
        }

        return ReadEscaped(text, start, quote, ref value);
    }

    private static int ReadEscaped(ReadOnlySpan<char> text, int start, char quote, ref string value)
    {
        // Octal and \x escapes name bytes, not characters, so the value is put together as UTF-8.
        var bytes = new List<byte>();
        Span<byte> utf8 = stackalloc byte[4];
        var i = start + 1;
        while (i < text.Length)
        {
            if (text[i] == quote)
            {
                value = Encoding.UTF8.GetString([.. bytes]);
                return i + 1 - start;
            }

            if (text[i] == '\n')
                return 0;
            if (text[i] != '\\')
            {
                Rune.DecodeFromUtf16(text[i..], out var rune, out var read);
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += read;
                continue;
            }

            if (++i >= text.Length)
                return 0;
            var escape = text[i++];
            switch (escape)
            {
                case 'n': bytes.Add((byte)'\n'); break;
                case 'r': bytes.Add((byte)'\r'); break;
                case 't': bytes.Add((byte)'\t'); break;
                case 'a': bytes.Add(7); break;
                case 'b': bytes.Add(8); break;
                case 'f': bytes.Add(12); break;
                case 'v': bytes.Add(11); break;
                case '\\': bytes.Add((byte)'\\'); break;
                case '"' or '\'' when escape == quote: bytes.Add((byte)escape); break;
                case 'x' or 'u' or 'U':
                    var digits = escape switch { 'x' => 2, 'u' => 4, _ => 8 };
                    if (i + digits > text.Length
                        || !uint.TryParse(
                        text.Slice(i, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                        return 0;
                    i += digits;
                    if (escape == 'x')
                    {
                        bytes.Add((byte)code);
                        break;
                    }

                    if (!Rune.IsValid(code))
                        return 0;
                    bytes.AddRange(utf8[..new Rune(code).EncodeToUtf8(utf8)]);
                    break;
                case >= '0' and <= '7':
                    if (i + 2 > text.Length || text[i] is < '0' or > '7' || text[i + 1] is < '0' or > '7')
                        return 0;
                    var octal = ((escape - '0') * 64) + ((text[i] - '0') * 8) + (text[i + 1] - '0');
                    if (octal > 255)
                        return 0;
                    bytes.Add((byte)octal);
                    i += 2;
                    break;
                default:
                    return 0;
            }
        }

        return 0;
    }
}
