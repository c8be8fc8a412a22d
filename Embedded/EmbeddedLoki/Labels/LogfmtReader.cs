using System.Globalization;
using System.Text;

namespace Observability.Embedded.EmbeddedLoki.Labels;

/// <summary>
/// Reads <c>key=value key="quoted value" key</c> pair by pair and step by step as Loki's decoder does (pkg/logql/log/logfmt/decode.go,
/// v3.7.6), so
/// that it finds the same pairs in a line that is not quite logfmt and says the same of what is wrong.
/// </summary>
internal ref struct LogfmtReader(ReadOnlySpan<byte> line)
{
    private readonly ReadOnlySpan<byte> _line = line;
    private int _position;

    public readonly bool AtEnd => _position >= _line.Length;

    public ReadOnlySpan<byte> Key { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>What was wrong last; null when nothing was.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads the next pair.</summary>
    /// <returns>False when there was none: the rest is blank, or what stood here is no pair and was passed over.</returns>
    public bool Read()
    {
        Key = Value = default;
        while (!AtEnd && _line[_position] <= (byte)' ')
            _position++;
        if (AtEnd)
            return false;

        var start = _position;
        for (; !AtEnd; _position++)
        {
            var c = _line[_position];
            if (c == (byte)'"' || (c == (byte)'=' && _position == start))
                return Unexpected(c);
            if (c == (byte)'=')
                break;
            if (c <= (byte)' ')
                break;
        }

        Key = _line[start.._position];
        if (AtEnd || _line[_position] != (byte)'=')
            return true;
        _position++;
        if (AtEnd || _line[_position] <= (byte)' ')
            return true;
        return _line[_position] == (byte)'"' ? ReadQuoted() : ReadPlain();
    }

    private bool ReadPlain()
    {
        var start = _position;
        for (; !AtEnd && _line[_position] > (byte)' '; _position++)
        {
            if (_line[_position] is (byte)'=' or (byte)'"')
                return Unexpected(_line[_position]);
        }

        Value = _line[start.._position];
        return true;
    }

    private bool ReadQuoted()
    {
        var start = _position;
        var (escaped, escape) = (false, false);
        for (var i = start + 1; i < _line.Length; i++)
        {
            if (escape)
            {
                escape = false;
            }
            else if (_line[i] == (byte)'\\')
            {
                (escaped, escape) = (true, true);
            }
            else if (_line[i] == (byte)'"')
            {
                _position = i + 1;
                if (!escaped)
                {
                    Value = _line[(start + 1)..i];
                    return true;
                }

                if (!TryUnescape(_line[(start + 1)..i], out var value))
                    return Fail("invalid quoted value");
                Value = value;
                return true;
            }
        }

        _position = _line.Length;
        return Fail("unterminated quoted value");
    }

    private bool Unexpected(byte c)
    {
        Fail($"unexpected {(c == (byte)'\'' ? @"'\''" : $"'{(char)c}'")}");
        while (!AtEnd && _line[_position] > (byte)' ')
            _position++;
        return false;
    }

    private bool Fail(string message)
    {
        Error = string.Create(CultureInfo.InvariantCulture, $"logfmt syntax error at pos {_position + 1} : {message}");
        return false;
    }

    /// <summary>The escapes of JSON.</summary>
    private static bool TryUnescape(ReadOnlySpan<byte> text, out byte[] value)
    {
        var result = new List<byte>(text.Length);
        value = [];
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != (byte)'\\')
            {
                // Control characters have to be escaped.
                if (text[i] < (byte)' ')
                    return false;
                result.Add(text[i]);
                continue;
            }

            if (++i >= text.Length)
                return false;
            switch (text[i])
            {
                case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'\'':
                    result.Add(text[i]);
                    break;
                case (byte)'b':
                    result.Add(8);
                    break;
                case (byte)'f':
                    result.Add(12);
                    break;
                case (byte)'n':
                    result.Add(10);
                    break;
                case (byte)'r':
                    result.Add(13);
                    break;
                case (byte)'t':
                    result.Add(9);
                    break;
                case (byte)'u':
                    if (!TryUnit(text, i + 1, out var unit))
                        return false;
                    i += 4;
                    var rune = new Rune(0xFFFD);
                    if (char.IsHighSurrogate(unit) && i + 2 < text.Length && text[i + 1] == (byte)'\\' && text[i + 2] == (byte)'u'
                        && TryUnit(text, i + 3, out var low) && char.IsLowSurrogate(low))
                    {
                        rune = new(unit, low);
                        i += 6;
                    }
                    else if (!char.IsSurrogate(unit))
                    {
                        rune = new(unit);
                    }

                    result.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                    break;
                default:
                    return false;
            }
        }

        value = [.. result];
        return true;
    }

    private static bool TryUnit(ReadOnlySpan<byte> text, int i, out char unit)
    {
        unit = '\0';
        if (i + 4 > text.Length
            || !ushort.TryParse(text.Slice(i, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            return false;
        unit = (char)code;
        return true;
    }
}
