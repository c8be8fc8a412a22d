using System.Collections.Frozen;
using System.Globalization;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;
using Parlot.Fluent;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>The tokens of LogQL (pkg/logql/syntax/lex.go, v3.7.6).</summary>
internal static class Tokens
{
    private static readonly string[] Symbols =
    [
        "|=", "|~", "|>", "!=", "!~", "!>", "=~", "==", ">=", "<=",
        "{", "}", "(", ")", "[", "]", ",", "=", "|", "<", ">", "+", "-", "*", "/", "%", "^", ".",
    ];

    /// <summary>Words that are no identifiers wherever they stand.</summary>
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "by", "without", "bool", "offset", "on", "ignoring", "group_left", "group_right", "or", "and", "unless", "json", "regexp", "logfmt",
        "unpack", "pattern", "label_format", "line_format", "decolorize", "drop", "keep", "unwrap", "variants", "of");

    /// <summary>Words that are functions when an argument list or a grouping follows, and identifiers when not.</summary>
    private static readonly FrozenSet<string> Functions = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        [
            "rate", "rate_counter", "count_over_time", "bytes_rate", "bytes_over_time", "avg_over_time", "sum_over_time", "min_over_time",
            "max_over_time", "stdvar_over_time", "stddev_over_time", "quantile_over_time", "first_over_time", "last_over_time",
            "absent_over_time", "vector", "sum", "avg", "max", "min", "count", "stddev", "stdvar", "bottomk", "topk", "approx_topk", "sort",
            "sort_desc", "label_replace", "bytes", "duration", "duration_seconds", "ip",
        ]);

    public static readonly Parser<string> Identifier = new Terminal<string>(["IDENTIFIER"], static (context, start, out value) =>
    {
        value = Word(context.Text, start);
        return value.Length > 0 && !Reserved.Contains(value)
            && !(Functions.Contains(value) && IsCalled(context.Text, start + value.Length)) ? value.Length : -1;
    });

    public static readonly Parser<string> Text = new Terminal<string>(["STRING"], static (context, start, out value) =>
    {
        value = "";
        if (start >= context.Text.Length || context.Text[start] is not ('"' or '`'))
            return -1;
        var length = GoQuote.Read(context.Text, start, out value);
        return length > 0 ? length
            : throw context.ErrorAt(
            start, context.Text[start] == '`' || !Closes(context.Text, start) ? "literal not terminated" : "invalid char escape");
    });

    public static readonly Parser<double> Number = new Terminal<double>(["NUMBER"], static (context, start, out value) =>
    {
        var length = NumberLength(context.Text, start);
        value = 0;
        // With a unit behind it, it is a duration or a size.
        return length > 0 && !(start + length < context.Text.Length && IsWordPart(context.Text[start + length]))
            && double.TryParse(context.Text.AsSpan(start, length), NumberStyles.Float, CultureInfo.InvariantCulture, out value)
                && double.IsFinite(value)
            ? length : -1;
    });

    public static readonly Parser<long> Duration = new Terminal<long>(["DURATION"], static (context, start, out value) =>
    {
        var length = UnitLength(context.Text, start, "nuµμmshdwy");
        value = 0;
        return length > 0 && LogQlDurations.TryParse(context.Text.AsSpan(start, length), out value) ? length : -1;
    });

    public static readonly Parser<ulong> Bytes = new Terminal<ulong>(["BYTES"], static (context, start, out value) =>
    {
        var length = UnitLength(context.Text, start, "BikKMGTP");
        value = 0;
        return length > 0 && GoBytes.Parse(context.Text.AsSpan(start, length), out value) is null ? length : -1;
    });

    /// <summary><c>[5m]</c></summary>
    public static readonly Parser<long> Range = new Terminal<long>(["RANGE"], static (context, start, out value) =>
    {
        value = 0;
        if (start >= context.Text.Length || context.Text[start] != '[')
            return -1;
        var length = context.Text.AsSpan(start).IndexOf(']');
        if (length < 0)
            throw context.ErrorAt(start, "missing closing ']' in duration");
        var text = context.Text.AsSpan(start + 1, length - 1);
        if (text.IsEmpty)
            throw context.ErrorAt(start, "empty duration string");
        return LogQlDurations.TryParsePrometheus(text, out value) ? length + 1
            : throw context.ErrorAt(start, $"not a valid duration string: {GoQuote.Quote(text.ToString())}");
    });

    /// <summary><c>--strict</c>, <c>--keep-empty</c></summary>
    public static readonly Parser<string> ParserFlag = new Terminal<string>(["FUNCTION_FLAG"], static (context, start, out value) =>
    {
        value = context.Text.AsSpan(start) is var rest && rest.StartsWith("--strict") ? "--strict" : rest.StartsWith("--keep-empty")
            ? "--keep-empty" : "";
        return value.Length > 0 && !(start + value.Length < context.Text.Length && IsWordPart(context.Text[start + value.Length]))
            ? value.Length : -1;
    });

    public static readonly Parser<string> End = new Terminal<string>(["$end"], static (context, start, out value) =>
    {
        value = "";
        return start >= context.Text.Length ? 0 : -1;
    });

    /// <summary>One of some symbols; the longest symbol at a place counts, so <c>=</c> does not match the start of <c>=~</c>.</summary>
    public static Parser<string> Symbol(params string[] symbols) => new Terminal<string>(symbols, (context, start, out value) =>
    {
        value = SymbolAt(context.Text, start);
        return symbols.Contains(value) ? value.Length : -1;
    });

    public static Parser<string> Keyword(params string[] words) => new Terminal<string>(words, (context, start, out value) =>
    {
        value = Word(context.Text, start).ToLowerInvariant();
        return words.Contains(value) ? value.Length : -1;
    });

    /// <summary>The name of a function that is called here.</summary>
    public static Parser<string> Function(string expected, params string[] names) =>
        new Terminal<string>([expected], (context, start, out value) =>
    {
        value = Word(context.Text, start).ToLowerInvariant();
        return names.Contains(value) && IsCalled(context.Text, start + value.Length) ? value.Length : -1;
    });

    /// <summary>A part of LogQL that the store lacks: reading it is the error, which says so and where.</summary>
    public static Parser<T> Unsupported<T>(bool symbol, params string[] names) => new Terminal<T>([], (context, start, out value) =>
    {
        var found = symbol ? SymbolAt(context.Text, start) : Word(context.Text, start).ToLowerInvariant();
        value = default!;
        return names.Contains(found) && (!Functions.Contains(found) || IsCalled(context.Text, start + found.Length))
            ? throw context.ErrorAt(start, $"`{found}` is not supported by the embedded store")
            : -1;
    });

    public static int SkipSpace(string text, int i)
    {
        while (i < text.Length)
        {
            if (text[i] == '#')
            {
                var end = text.IndexOf('\n', i);
                i = end < 0 ? text.Length : end;
            }
            else if (char.IsWhiteSpace(text[i]))
            {
                i++;
            }
            else
            {
                break;
            }
        }

        return i;
    }

    /// <summary>The token at a place, as goyacc would name it.</summary>
    public static string Describe(string text, int start)
    {
        if (start >= text.Length)
            return "$end";
        if (text[start] is '"' or '`')
            return "STRING";
        var word = Word(text, start);
        if (word.Length > 0)
            return Reserved.Contains(word) || (Functions.Contains(word) && IsCalled(text, start + word.Length))
                ? NameOf(word.ToLowerInvariant()) : "IDENTIFIER";
        if (text[start] == '[')
            return "RANGE";
        var symbol = SymbolAt(text, start);
        if (symbol.Length > 0)
            return symbol;
        return NumberLength(text, start) > 0 ? "NUMBER" : $"character {GoQuote.Quote(text[start].ToString())}";
    }

    /// <summary>goyacc's name of a word's token: functions have one in capitals.</summary>
    private static string NameOf(string word) => !Functions.Contains(word) || word is "label_replace" or "ip" ? word
        : word is "bytes" or "duration" or "duration_seconds" ? word.ToUpperInvariant() + "_CONV"
        : word.ToUpperInvariant();

    private static string SymbolAt(string text, int start) =>
        Symbols.FirstOrDefault(s => string.CompareOrdinal(text, start, s, 0, s.Length) == 0) ?? "";

    private static string Word(string text, int start)
    {
        var end = start;
        while (end < text.Length && LabelName.IsPart(text[end], end == start))
            end++;
        return text[start..end];
    }

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static bool IsCalled(string text, int end)
    {
        var next = SkipSpace(text, end);
        if (next < text.Length && text[next] == '(')
            return true;
        var word = Word(text, next);
        if (!word.Equals("by", StringComparison.OrdinalIgnoreCase) && !word.Equals("without", StringComparison.OrdinalIgnoreCase))
            return false;
        next = SkipSpace(text, next + word.Length);
        return next < text.Length && text[next] == '(';
    }

    private static int NumberLength(string text, int start)
    {
        var i = start;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
            i++;
        if (i < text.Length && text[i] == '.')
        {
            i++;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
                i++;
        }

        if (i == start || (i == start + 1 && text[start] == '.'))
            return 0;
        if (i < text.Length && text[i] is 'e' or 'E')
        {
            var exponent = i + 1;
            if (exponent < text.Length && text[exponent] is '+' or '-')
                exponent++;
            if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
            {
                i = exponent;
                while (i < text.Length && char.IsAsciiDigit(text[i]))
                    i++;
            }
        }

        return i - start;
    }

    /// <summary>Length of a number with units; 0 when there is none, or when another letter follows.</summary>
    private static int UnitLength(string text, int start, string units)
    {
        var i = start;
        if (i < text.Length && text[i] == '-')
            i++;
        if (i >= text.Length || !(char.IsAsciiDigit(text[i]) || text[i] == '.'))
            return 0;
        var hasUnit = false;
        while (i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] == '.' || units.Contains(text[i])))
            hasUnit |= units.Contains(text[i++]);
        return hasUnit && !(i < text.Length && IsWordPart(text[i])) ? i - start : 0;
    }

    public static bool Closes(string text, int start)
    {
        for (var i = start + 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == text[start])
                return true;
            if (text[i] == '\\')
                i++;
        }

        return false;
    }
}
