using System.Globalization;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.LogQl;
using static Observability.Embedded.EmbeddedLoki.Evaluation.Templates.TemplateValues;

namespace Observability.Embedded.EmbeddedLoki.Evaluation.Templates;

/// <summary>The functions of Loki's templates: text/template's own, sprig's, and Loki's (pkg/logql/log/fmt.go, v3.7.6).</summary>
internal static class TemplateFunctions
{
    private static readonly Dictionary<string, TemplateFunction> Functions = new(StringComparer.Ordinal)
    {
        // text/template's own.
        ["and"] = Any(1, a => a[0]),
        ["or"] = Any(1, a => a[0]),
        ["not"] = One(a => !IsTrue(a)),
        ["eq"] = Any(2, a => a.Skip(1).Any(other => Compare(a[0], other, ordered: false) == 0)),
        ["ne"] = Two((a, b) => Compare(a, b, ordered: false) != 0),
        ["lt"] = Two((a, b) => Compare(a, b, ordered: true) < 0),
        ["le"] = Two((a, b) => Compare(a, b, ordered: true) <= 0),
        ["gt"] = Two((a, b) => Compare(a, b, ordered: true) > 0),
        ["ge"] = Two((a, b) => Compare(a, b, ordered: true) >= 0),
        ["len"] = One(Length),
        ["index"] = Any(1, a => a.Skip(1).Aggregate(a[0], Index)),
        ["print"] = Any(0, a => string.Concat(a.Select(Text))),
        ["println"] = Any(0, a => string.Join(' ', a.Select(Text)) + "\n"),
        ["printf"] = Any(1, a => Format(String(a[0]), a.AsSpan(1))),
        ["html"] = Any(1, a => System.Net.WebUtility.HtmlEncode(string.Concat(a.Select(Text)))),
        ["js"] = Any(1, a => System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(string.Concat(a.Select(Text)))),
        ["urlquery"] = Any(1, a => QueryEscape(string.Concat(a.Select(Text)))),

        // The line itself.
        ["__line__"] = new(0, 0, (state, _) => Encoding.UTF8.GetString(state.Line.Text.Span)),
        ["__timestamp__"] = new(0, 0, (state, _) => new GoInstant(state.Line.Timestamp)),

        // Go's functions of strings, under the names that Loki gave them first.
        ["ToLower"] = One(a => String(a).ToLowerInvariant()),
        ["ToUpper"] = One(a => String(a).ToUpperInvariant()),
        ["Replace"] = new(4, 4, (_, a) => Replace(String(a[0]), String(a[1]), String(a[2]), Int(a[3]))),
        ["Trim"] = Two((a, b) => String(a).Trim(String(b).ToCharArray())),
        ["TrimLeft"] = Two((a, b) => String(a).TrimStart(String(b).ToCharArray())),
        ["TrimRight"] = Two((a, b) => String(a).TrimEnd(String(b).ToCharArray())),
        ["TrimPrefix"] = Two((a, b) => TrimPrefix(String(a), String(b))),
        ["TrimSuffix"] = Two((a, b) => TrimSuffix(String(a), String(b))),
        ["TrimSpace"] = One(a => String(a).Trim()),
        ["regexReplaceAll"] = Three((a, b, c) => Regex(String(a)).Replace(String(b), String(c))),
        ["regexReplaceAllLiteral"] = Three((a, b, c) => Regex(String(a)).Replace(String(b), String(c), literally: true)),
        ["count"] = Two((a, b) => (long)Regex(String(a)).Matches(String(b)).Count()),
        ["urldecode"] = One(a => Uri.UnescapeDataString(String(a).Replace('+', ' '))),
        ["urlencode"] = One(a => QueryEscape(String(a))),
        ["bytes"] = One(
            a => GoBytes.Parse(String(a), out var size) is { } error ? throw new TemplateException($"error calling bytes: {error}")
            : (double)size),
        ["duration"] = One(Seconds),
        ["duration_seconds"] = One(Seconds),
        ["unixEpochMillis"] = One(a => (Instant(a).Nanoseconds / 1_000_000).ToString(CultureInfo.InvariantCulture)),
        ["unixEpochNanos"] = One(a => Instant(a).Nanoseconds.ToString(CultureInfo.InvariantCulture)),
        ["toDateInZone"] = Three((a, b, c) => GoLayout.Parse(String(a), String(c), String(b))),
        ["unixToTime"] = One(a => UnixToTime(String(a))),
        ["alignLeft"] = Two((a, b) => Align(String(b), Int(a), left: true)),
        ["alignRight"] = Two((a, b) => Align(String(b), Int(a), left: false)),

        // sprig's.
        ["b64enc"] = One(a => Convert.ToBase64String(Encoding.UTF8.GetBytes(String(a)))),
        ["b64dec"] = One(a => FromBase64(String(a))),
        ["lower"] = One(a => String(a).ToLowerInvariant()),
        ["upper"] = One(a => String(a).ToUpperInvariant()),
        ["title"] = One(a => Title(String(a))),
        ["trunc"] = Two((a, b) => Truncate(String(b), Int(a))),
        ["substr"] = Three((a, b, c) => Substring(String(c), Int(a), Int(b))),
        ["contains"] = Two((a, b) => String(b).Contains(String(a), StringComparison.Ordinal)),
        ["hasPrefix"] = Two((a, b) => String(b).StartsWith(String(a), StringComparison.Ordinal)),
        ["hasSuffix"] = Two((a, b) => String(b).EndsWith(String(a), StringComparison.Ordinal)),
        ["indent"] = Two((a, b) => Indent(String(b), Int(a))),
        ["nindent"] = Two((a, b) => "\n" + Indent(String(b), Int(a))),
        ["replace"] = Three((a, b, c) => Replace(String(c), String(a), String(b), -1)),
        ["repeat"] = Two((a, b) => Repeat(String(b), Int(a))),
        ["trim"] = One(a => String(a).Trim()),
        ["trimAll"] = Two((a, b) => String(b).Trim(String(a).ToCharArray())),
        ["trimPrefix"] = Two((a, b) => TrimPrefix(String(b), String(a))),
        ["trimSuffix"] = Two((a, b) => TrimSuffix(String(b), String(a))),
        ["int"] = One(a => ToLong(a)),
        ["float64"] = One(a => ToDouble(a)),
        ["add"] = Any(0, a => a.Aggregate(0L, (sum, b) => unchecked(sum + ToLong(b)))),
        ["sub"] = Two((a, b) => unchecked(ToLong(a) - ToLong(b))),
        ["mul"] = Any(1, a => a.Skip(1).Aggregate(ToLong(a[0]), (product, b) => unchecked(product * ToLong(b)))),
        ["div"] = Two((a, b) => Divide(ToLong(a), ToLong(b), (x, y) => x / y)),
        ["mod"] = Two((a, b) => Divide(ToLong(a), ToLong(b), (x, y) => x % y)),
        ["addf"] = Any(0, a => Exact(a, (x, y) => x + y)),
        ["subf"] = Any(1, a => Exact(a, (x, y) => x - y)),
        ["mulf"] = Any(1, a => Exact(a, (x, y) => x * y)),
        ["divf"] = Any(
            1, a => Exact(a, (x, y) => y == 0 ? throw new TemplateException("error calling divf: decimal division by 0") : x / y)),
        ["max"] = Any(1, a => a.Max(ToLong)),
        ["min"] = Any(1, a => a.Min(ToLong)),
        ["maxf"] = Any(1, a => a.Max(ToDouble)),
        ["minf"] = Any(1, a => a.Min(ToDouble)),
        ["ceil"] = One(a => Math.Ceiling(ToDouble(a))),
        ["floor"] = One(a => Math.Floor(ToDouble(a))),
        ["round"] = new(2, 3, (_, a) => Round(ToDouble(a[0]), Int(a[1]), a.Length > 2 ? ToDouble(a[2]) : 0.5)),
        ["fromJson"] = One(a => FromJson(String(a))),
        ["date"] = Two((a, b) => GoLayout.Format(String(a), Instant(b))),
        ["toDate"] = Two((a, b) => GoLayout.Parse(String(a), String(b), "UTC")),
        ["now"] = new(0, 0, (_, _) => new GoInstant(GoTime.ToNanoseconds(DateTimeOffset.UtcNow))),
        ["unixEpoch"] = One(a => (Instant(a).Nanoseconds / LogQlDurations.Second).ToString(CultureInfo.InvariantCulture)),
        ["default"] = new(1, 2, (_, a) => a.Length > 1 && IsTrue(a[1]) ? a[1] : a[0]),
    };

    /// <returns>Null when there is no such function.</returns>
    public static TemplateFunction? Find(string name) => Functions.GetValueOrDefault(name);

    private static TemplateFunction One(Func<object?, object?> call) => new(1, 1, (_, a) => call(a[0]));

    private static TemplateFunction Two(Func<object?, object?, object?> call) => new(2, 2, (_, a) => call(a[0], a[1]));

    private static TemplateFunction Three(Func<object?, object?, object?, object?> call) => new(3, 3, (_, a) => call(a[0], a[1], a[2]));

    private static TemplateFunction Any(int least, Func<object?[], object?> call) => new(least, int.MaxValue, (_, a) => call(a));

    private static int Compare(object? a, object? b, bool ordered)
    {
        switch (a, b)
        {
            case (string x, string y):
                return string.CompareOrdinal(x, y);
            case (long x, long y):
                return x.CompareTo(y);
            case (double x, double y):
                return x.CompareTo(y);
            case (bool x, bool y) when !ordered:
                return x == y ? 0 : 1;
            case (null, null) when !ordered:
                return 0;
            case (null, _) or (_, null) when !ordered:
                return 1;
            default:
                throw new TemplateException(
                    a?.GetType() == b?.GetType() ? "invalid type for comparison" : "incompatible types for comparison");
        }
    }

    private static object Length(object? value) => value switch
    {
        string text => (long)Encoding.UTF8.GetByteCount(text),
        List<object?> list => (long)list.Count,
        SortedDictionary<string, object?> map => (long)map.Count,
        _ => throw new TemplateException($"error calling len: len of type {TypeOf(value)}"),
    };

    private static object? Index(object? of, object? index) => (of, index) switch
    {
        (SortedDictionary<string, object?> map, string key) => map.GetValueOrDefault(key),
        (List<object?> list, long i) when i >= 0 && i < list.Count => list[(int)i],
        (List<object?>, long i) => throw new TemplateException($"error calling index: index out of range: {i}"),
        _ => throw new TemplateException($"error calling index: can't index item of type {TypeOf(of)}"),
    };

    private static GoRegex Regex(string pattern)
    {
        try
        {
            return GoRegex.Anywhere(pattern);
        }
        catch (FormatException exception)
        {
            throw new TemplateException(exception.Message);
        }
    }

    private static object Seconds(object? value)
    {
        var text = String(value);
        return LogQlDurations.TryParseGo(text, out var duration) ? GoDuration.Seconds(duration)
            : throw new TemplateException($"error calling duration: {GoDuration.Error(text)}");
    }

    private static GoInstant Instant(object? value) => value switch
    {
        GoInstant instant => instant,
        long seconds => new(unchecked(seconds * LogQlDurations.Second)),
        _ => throw new TemplateException($"wrong type for value; expected time.Time; got {TypeOf(value)}"),
    };

    private static GoInstant UnixToTime(string epoch)
    {
        if (!long.TryParse(epoch, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw new TemplateException(
                $"error calling unixToTime: unable to parse time '{epoch}': strconv.ParseInt: parsing {GoQuote.Quote(epoch)}: invalid syntax");
        return new(epoch.Length switch
        {
            5 => number * 86400 * LogQlDurations.Second,
            10 => number * LogQlDurations.Second,
            13 => number * 1_000_000,
            16 => number * 1_000,
            19 => number,
            _ => throw new TemplateException($"error calling unixToTime: unable to parse time '{epoch}': %!w(<nil>)"),
        });
    }

    private static string Replace(string text, string old, string replacement, int count)
    {
        if (count == 0 || old == replacement)
            return text;
        var result = new StringBuilder();
        var position = 0;
        for (var found = 0; count < 0 || found < count; found++)
        {
            // Go takes an empty text to stand before each character and behind the last.
            var at = old.Length > 0 ? text.IndexOf(old, position, StringComparison.Ordinal) : found == 0 ? 0 : position < text.Length
                ? position + 1 : -1;
            if (at < 0)
                break;
            result.Append(text, position, at - position).Append(replacement);
            position = at + old.Length;
            if (result.Length > TemplateState.MaxLength)
                throw TemplateState.TooLarge();
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    private static string TrimPrefix(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;

    private static string TrimSuffix(string text, string suffix) =>
        text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;

    private static string QueryEscape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static string FromBase64(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }

    private static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
            result.Append(
                result.Length == 0 || !(char.IsLetterOrDigit(result[^1]) || result[^1] is '_' or '\'') ? char.ToUpperInvariant(c) : c);
        return result.ToString();
    }

    private static string Truncate(string text, int count) => count < 0
        ? text.Length + count > 0 ? text[(text.Length + count)..] : text
        : text.Length > count ? text[..count] : text;

    private static string Substring(string text, int start, int end)
    {
        end = Math.Min(end, text.Length);
        start = Math.Min(start, text.Length);
        if (start < 0)
            return end < 0 ? "" : text[..end];
        return end < 0 ? text[start..] : start > end ? "" : text[start..end];
    }

    private static string Indent(string text, int count)
    {
        var pad = Repeat(" ", Math.Max(0, count));
        return pad + text.Replace("\n", "\n" + pad, StringComparison.Ordinal);
    }

    private static string Repeat(string text, int count)
    {
        if (count < 0)
            throw new TemplateException("error calling repeat: strings: negative Repeat count");
        return (long)text.Length * count > TemplateState.MaxLength ? throw TemplateState.TooLarge()
            : new StringBuilder().Insert(0, text, count).ToString();
    }

    private static string Align(string text, int count, bool left)
    {
        if (count > TemplateState.MaxLength)
            throw TemplateState.TooLarge();
        return count < 0 || count == text.Length ? text
            : text.Length < count ? left ? text.PadRight(count) : text.PadLeft(count)
            : left ? text[..count] : text[^count..];
    }

    private static long Divide(long a, long b, Func<long, long, long> divide) =>
        b == 0 ? throw new TemplateException("runtime error: integer divide by zero") : b == -1 ? divide(unchecked(-a), 1) : divide(a, b);

    /// <summary>sprig calculates with decimals, so that 0.1 + 0.2 is 0.3; beyond their range it is floats here.</summary>
    private static object Exact(object?[] arguments, Func<decimal, decimal, decimal> combine)
    {
        try
        {
            var result = arguments.Length == 0 ? 0 : (decimal)ToDouble(arguments[0]);
            foreach (var argument in arguments.Skip(1))
                result = combine(result, (decimal)ToDouble(argument));
            return (double)result;
        }
        catch (OverflowException)
        {
            return double.NaN;
        }
    }

    private static object Round(double value, int places, double roundOn)
    {
        var power = Math.Pow(10, places);
        var digit = power * value;
        var fraction = digit - Math.Truncate(digit);
        return (fraction >= roundOn ? Math.Ceiling(digit) : Math.Floor(digit)) / power;
    }
}
