using System.Globalization;
using System.Text;

namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>
/// Reads a regular expression as Go does (regexp/syntax with the flag Perl, go1.25) and writes one for .NET that matches the same texts.
/// Each
/// construct is understood before it is written: nothing of the pattern reaches .NET as it stands, so that neither what .NET alone knows
/// gets
/// through nor what it reads otherwise.
/// </summary>
internal sealed class GoRegexTranslator
{
    private const int MaxRepeat = 1000;
    private const int MaxDepth = 250;

    /// <summary>
    /// Characters, classes and places with all repetitions written out: far beyond what a query needs, and far below what Go takes.
    /// </summary>
    private const long MaxSize = 50_000;
    private const string Word = "[0-9A-Z_a-z]";

    private readonly string _pattern;
    private readonly List<string> _names = [];
    private readonly StringBuilder _text = new();
    private readonly bool _exactBoundaries;
    private int _i;
    private int _depth;
    private Flags _flags;

    private GoRegexTranslator(string pattern, bool dotMatchesNewline, bool exactBoundaries)
    {
        _pattern = pattern;
        _exactBoundaries = exactBoundaries;
        _flags = dotMatchesNewline ? Flags.DotNewline : Flags.None;
    }

    [Flags]
    private enum Flags
    {
        None = 0,
        Fold = 1,
        Multiline = 2,
        DotNewline = 4,
        Ungreedy = 8,
    }

    /// <summary>
    /// Names of the capturing groups in order, empty for one without a name. A group <c>n</c> is called <c>gn</c> in .NET.
    /// </summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Whether <c>\b</c> or <c>\B</c> occurs.</summary>
    public bool HasBoundaries { get; private set; }

    /// <summary>The pattern for .NET.</summary>
    public string Text => _text.ToString();

    /// <param name="pattern">Go's pattern.</param>
    /// <param name="dotMatchesNewline">Whether a dot takes a line feed, as in Prometheus' label matchers.</param>
    /// <param name="exactBoundaries">
    /// Write <c>\b</c> for ASCII's words by look-around, which the linear engine lacks; else as .NET's own.
    /// </param>
    /// <exception cref="FormatException">Go would refuse the pattern; the message has Go's words.</exception>
    public static GoRegexTranslator Translate(string pattern, bool dotMatchesNewline = false, bool exactBoundaries = false)
    {
        var translator = new GoRegexTranslator(pattern, dotMatchesNewline, exactBoundaries);
        translator.Alternation();
        if (translator._i < pattern.Length)
            throw Error("unexpected )", pattern);
        return translator;
    }

    private static FormatException Error(string what, string where) => new($"error parsing regexp: {what}: `{where}`");

    /// <returns>The size with all repetitions written out.</returns>
    private long Alternation()
    {
        if (++_depth > MaxDepth)
            throw Error("expression nests too deeply", _pattern);
        var size = Concatenation();
        while (_i < _pattern.Length && _pattern[_i] == '|')
        {
            _i++;
            _text.Append('|');
            size += Concatenation();
        }

        _depth--;
        return size;
    }

    private long Concatenation()
    {
        long size = 0;
        // Whether there is something before the place that a repetition could repeat.
        var repeatable = false;
        while (_i < _pattern.Length && _pattern[_i] is not ('|' or ')'))
        {
            if (!repeatable && RepetitionAt(_i) is { } missing)
                throw Error("missing argument to repetition operator", _pattern[_i..(_i + missing.Length)]);

            if (_pattern.AsSpan(_i).StartsWith(@"\Q"))
            {
                repeatable = Quoted() || repeatable;
                continue;
            }

            var before = _text.Length;
            long atom = 1;
            RuneSet? set = null;
            switch (_pattern[_i])
            {
                case '(':
                    repeatable = Group(out atom);
                    if (!repeatable)
                        continue;
                    break;
                case '[':
                    set = Class();
                    break;
                case '.':
                    _i++;
                    set = Dot();
                    break;
                case '^':
                    _i++;
                    _text.Append(Has(Flags.Multiline) ? "(?m:^)" : @"\A");
                    break;
                case '$':
                    _i++;
                    _text.Append(Has(Flags.Multiline) ? "(?m:$)" : @"\z");
                    break;
                case '\\':
                    set = Escape();
                    break;
                default:
                    set = Literal(ReadRune());
                    break;
            }

            repeatable = true;
            var start = _i;
            var repetition = Repetition(out var times);
            if ((size += atom * times) > MaxSize)
                throw Error("expression too large", _pattern);
            if (set is not null)
            {
                // A lazy "+" takes as little as it may: half a character must not be enough for it.
                _text.Append(set.ToPattern(runs: repetition is "*" or "+" or "*?" or "{0,}" or "{1,}"));
            }
            else if (repetition.Length > 0)
            {
                _text.Insert(before, "(?:").Append(')');
            }

            _text.Append(repetition);
            if (repetition.Length > 0 && RepetitionAt(_i) is { } another)
                throw Error("invalid nested repetition operator", _pattern[start..(_i + another.Length)]);
        }

        return size;
    }

    /// <summary>
    /// A repetition that starts at a place, with its least and most; null when there is none. A brace that is none stands for itself.
    /// </summary>
    private (int Length, int Least, int Most)? RepetitionAt(int i)
    {
        if (i >= _pattern.Length)
            return null;
        (int Length, int Least, int Most)? simple = _pattern[i] switch
        {
            '*' => (1, 0, -1),
            '+' => (1, 1, -1),
            '?' => (1, 0, 1),
            _ => null,
        };
        if (simple is not null || _pattern[i] != '{')
            return simple;
        var end = _pattern.IndexOf('}', i);
        if (end < 0)
            return null;
        var parts = _pattern[(i + 1)..end].Split(',');
        if (parts.Length > 2 || !Number(parts[0], out var least))
            return null;
        var most = least;
        if (parts.Length == 2)
        {
            if (parts[1].Length == 0)
                most = -1;
            else if (!Number(parts[1], out most))
                return null;
        }

        return (end + 1 - i, least, most);

        static bool Number(string text, out int number)
        {
            number = 0;
            if (text.Length == 0 || !text.All(char.IsAsciiDigit) || (text.Length > 1 && text[0] == '0'))
                return false;
            number = text.Length > 8 ? int.MaxValue : int.Parse(text, CultureInfo.InvariantCulture);
            return true;
        }
    }

    private string Repetition(out int times)
    {
        times = 1;
        if (RepetitionAt(_i) is not { } found)
            return "";
        var (length, least, most) = found;
        var text = _pattern[_i..(_i + length)];
        if (least > MaxRepeat || most > MaxRepeat || (most >= 0 && least > most))
            throw Error("invalid repeat count", text);
        _i += length;
        times = Math.Max(1, Math.Max(least, most));
        var lazy = Has(Flags.Ungreedy);
        if (_i < _pattern.Length && _pattern[_i] == '?')
        {
            _i++;
            lazy = !lazy;
        }

        return lazy ? text + "?" : text;
    }

    private bool Quoted()
    {
        var end = _pattern.IndexOf(@"\E", _i + 2, StringComparison.Ordinal);
        var stop = end < 0 ? _pattern.Length : end;
        _i += 2;
        var any = _i < stop;
        while (_i < stop)
        {
            var pattern = Literal(ReadRune());
            // A repetition behind the quotation repeats its last character.
            if (_i >= stop)
                _i = end < 0 ? _pattern.Length : end + 2;
            _text.Append(pattern.ToPattern(runs: false));
            if (_i >= stop)
                _text.Append(Repetition(out _));
        }

        if (!any)
            _i = end < 0 ? _pattern.Length : end + 2;
        return any;
    }

    /// <returns>False for flags alone, which are nothing that could be repeated.</returns>
    private bool Group(out long size)
    {
        size = 1;
        var start = _i;
        if (_i + 1 >= _pattern.Length || _pattern[_i + 1] != '?')
        {
            _i++;
            _names.Add("");
            size += Body(string.Create(CultureInfo.InvariantCulture, $"(?<g{_names.Count}>"), _flags);
            return true;
        }

        var rest = _pattern.AsSpan(_i);
        if (rest.StartsWith("(?P<") || rest.StartsWith("(?<"))
        {
            var open = _pattern.IndexOf('<', _i) + 1;
            var close = _pattern.IndexOf('>', open);
            var name = close < 0 ? "" : _pattern[open..close];
            if (close < 0)
                throw Error("invalid named capture", _pattern[start..]);
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || _names.Contains(name))
                throw Error("invalid named capture", name.Length > 0 && _names.Contains(name) ? name : _pattern[start..(close + 1)]);
            _i = close + 1;
            _names.Add(name);
            size += Body(string.Create(CultureInfo.InvariantCulture, $"(?<g{_names.Count}>"), _flags);
            return true;
        }

        return FlagGroup(start, ref size);
    }

    private bool FlagGroup(int start, ref long size)
    {
        var flags = _flags;
        var (negative, any) = (false, false);
        for (_i += 2; _i < _pattern.Length; _i++)
        {
            var flag = _pattern[_i] switch
            {
                'i' => Flags.Fold,
                'm' => Flags.Multiline,
                's' => Flags.DotNewline,
                'U' => Flags.Ungreedy,
                _ => Flags.None,
            };
            if (flag != Flags.None)
            {
                flags = negative ? flags & ~flag : flags | flag;
                any = true;
            }
            else if (_pattern[_i] == '-' && !negative)
            {
                (negative, any) = (true, false);
            }
            else if (_pattern[_i] is ':' or ')')
            {
                if (negative && !any)
                    break;
                if (_pattern[_i++] == ':')
                {
                    size += Body("(?:", flags);
                    return true;
                }

                _flags = flags;
                return false;
            }
            else
            {
                break;
            }
        }

        throw Error(
            _i < _pattern.Length ? "invalid or unsupported Perl syntax" : "missing closing )", _i < _pattern.Length
            ? _pattern[start..(_i + 1)] : _pattern);
    }

    private long Body(string open, Flags flags)
    {
        var outer = _flags;
        _flags = flags;
        _text.Append(open);
        var size = Alternation();
        if (_i >= _pattern.Length)
            throw Error("missing closing )", _pattern);
        _i++;
        _text.Append(')');
        _flags = outer;
        return size;
    }

    private RuneSet Dot()
    {
        if (Has(Flags.DotNewline))
            return RuneSet.All();
        var newline = new RuneSet();
        newline.Add('\n', '\n');
        var set = new RuneSet();
        set.AddAllBut(newline);
        return set;
    }

    private RuneSet Literal(int rune)
    {
        var set = new RuneSet();
        set.Add(rune, rune);
        if (Has(Flags.Fold))
            set.AddOtherCases();
        return set;
    }

    /// <summary>What a backslash starts outside a class; null when it was no character but a place in the text.</summary>
    private RuneSet? Escape()
    {
        if (_i + 1 < _pattern.Length)
        {
            switch (_pattern[_i + 1])
            {
                case 'A':
                    _i += 2;
                    _text.Append(@"\A");
                    return null;
                case 'z':
                    _i += 2;
                    _text.Append(@"\z");
                    return null;
                case 'b' or 'B':
                    var inside = _pattern[_i + 1] == 'B';
                    _i += 2;
                    HasBoundaries = true;
                    _text.Append(!_exactBoundaries ? inside ? @"\B" : @"\b"
                        : inside ? $"(?:(?<={Word})(?={Word})|(?<!{Word})(?!{Word}))"
                        : $"(?:(?<={Word})(?!{Word})|(?<!{Word})(?={Word}))");
                    return null;
            }
        }

        if (ClassEscape() is { } set)
        {
            if (Has(Flags.Fold))
                set.AddOtherCases();
            return set;
        }

        return Literal(EscapedRune());
    }

    /// <summary><c>\d</c>, <c>\pL</c> and their like; null, and nothing read, for anything else.</summary>
    private RuneSet? ClassEscape()
    {
        if (_i + 1 >= _pattern.Length)
            return null;
        var letter = _pattern[_i + 1];
        if (UnicodeClasses.OfPerl(char.ToLowerInvariant(letter)) is { } perl)
        {
            _i += 2;
            return char.IsAsciiLetterUpper(letter) ? Negated(perl) : perl;
        }

        if (letter is not ('p' or 'P'))
            return null;
        var start = _i;
        _i += 2;
        if (_i >= _pattern.Length)
            throw Error("invalid character class range", _pattern[start..]);
        string name;
        if (_pattern[_i] == '{')
        {
            var close = _pattern.IndexOf('}', _i);
            if (close < 0)
                throw Error("invalid character class range", _pattern[start..]);
            name = _pattern[(_i + 1)..close];
            _i = close + 1;
        }
        else
        {
            name = _pattern[_i++].ToString();
        }

        var negative = letter == 'P';
        if (name.StartsWith('^'))
            (negative, name) = (!negative, name[1..]);
        var set = UnicodeClasses.OfUnicode(name) ?? throw Error("invalid character class range", _pattern[start.._i]);
        return negative ? Negated(set) : Copy(set);
    }

    private RuneSet Class()
    {
        var start = _i++;
        var set = new RuneSet();
        var negative = _i < _pattern.Length && _pattern[_i] == '^';
        if (negative)
            _i++;
        var first = true;
        while (_i >= _pattern.Length || _pattern[_i] != ']' || first)
        {
            if (_i >= _pattern.Length)
                throw Error("missing closing ]", _pattern[start..]);
            first = false;
            if (PosixClass() is { } posix)
            {
                set.Add(posix);
                continue;
            }

            if (_pattern[_i] == '\\' && ClassEscape() is { } named)
            {
                set.Add(named);
                continue;
            }

            var from = _i;
            var low = ClassRune(start);
            var high = low;
            if (_i + 1 < _pattern.Length && _pattern[_i] == '-' && _pattern[_i + 1] != ']')
            {
                _i++;
                high = ClassRune(start);
                if (high < low)
                    throw Error("invalid character class range", _pattern[from.._i]);
            }

            set.Add(low, high);
        }

        _i++;
        if (Has(Flags.Fold))
            set.AddOtherCases();
        return negative ? Negated(set) : set;
    }

    private RuneSet? PosixClass()
    {
        if (!_pattern.AsSpan(_i).StartsWith("[:"))
            return null;
        var end = _pattern.IndexOf(":]", _i + 2, StringComparison.Ordinal);
        if (end < 0)
            return null;
        var name = _pattern[(_i + 2)..end];
        var negative = name.StartsWith('^');
        var set = UnicodeClasses.OfPosix(negative ? name[1..] : name)
            ?? throw Error("invalid character class range", _pattern[_i..(end + 2)]);
        _i = end + 2;
        return negative ? Negated(set) : set;
    }

    private int ClassRune(int start)
    {
        if (_i >= _pattern.Length)
            throw Error("missing closing ]", _pattern[start..]);
        return _pattern[_i] == '\\' ? EscapedRune() : ReadRune();
    }

    private int EscapedRune()
    {
        var start = _i++;
        if (_i >= _pattern.Length)
            throw Error("trailing backslash at end of expression", "");
        var c = ReadRune();
        switch (c)
        {
            case >= '1' and <= '7' when _i >= _pattern.Length || _pattern[_i] is < '0' or > '7':
                break;
            case >= '0' and <= '7':
                var octal = c - '0';
                for (var digits = 1; digits < 3 && _i < _pattern.Length && _pattern[_i] is >= '0' and <= '7'; digits++)
                    octal = (octal * 8) + _pattern[_i++] - '0';
                return octal;
            case 'x':
                return HexRune(start);
            case 'a':
                return 7;
            case 'f':
                return 12;
            case 'n':
                return 10;
            case 'r':
                return 13;
            case 't':
                return 9;
            case 'v':
                return 11;
            case < 0x80 when !char.IsAsciiLetterOrDigit((char)c):
                return c;
        }

        throw Error("invalid escape sequence", _pattern[start.._i]);
    }

    private int HexRune(int start)
    {
        var braces = _i < _pattern.Length && _pattern[_i] == '{';
        var end = braces ? _pattern.IndexOf('}', _i) : _i + 2;
        var digits = end < 0 || end > _pattern.Length ? "" : _pattern[(braces ? _i + 1 : _i)..end];
        if (digits.Length is 0 or > 8 || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rune)
            || rune is < 0 or > 0x10FFFF)
            throw Error("invalid escape sequence", _pattern[start..Math.Min(_pattern.Length, Math.Max(end + 1, _i))]);
        _i = braces ? end + 1 : end;
        return rune;
    }

    private int ReadRune()
    {
        Rune.DecodeFromUtf16(_pattern.AsSpan(_i), out var rune, out var length);
        _i += length;
        return rune.Value;
    }

    private bool Has(Flags flag) => (_flags & flag) != 0;

    private static RuneSet Negated(RuneSet set)
    {
        var result = new RuneSet();
        result.AddAllBut(set);
        return result;
    }

    private static RuneSet Copy(RuneSet set)
    {
        var result = new RuneSet();
        result.Add(set);
        return result;
    }
}
