using System.Buffers;
using System.Globalization;
using System.Text;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>LogQlDurations as Prometheus and Go write them, in nanoseconds.</summary>
internal static class LogQlDurations
{
    public const long Second = 1_000_000_000;

    private static readonly (string Unit, long Nanoseconds)[] PrometheusUnits =
    [
        ("y", 365 * 24 * 3600 * Second), ("w", 7 * 24 * 3600 * Second), ("d", 24 * 3600 * Second), ("h", 3600 * Second),
        ("m", 60 * Second), ("s", Second), ("ms", 1_000_000),
    ];

    private static readonly Dictionary<string, decimal> GoUnits = new()
    {
        ["ns"] = 1,
        ["us"] = 1_000,
        ["µs"] = 1_000,
        ["μs"] = 1_000,
        ["ms"] = 1_000_000,
        ["s"] = Second,
        ["m"] = 60 * Second,
        ["h"] = 3600 * Second,
    };

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>
    /// Whole numbers with units from the largest to the smallest, each at most once (prometheus/common, model.ParseDuration); <c>0</c>
    /// needs no unit.
    /// </summary>
    public static bool TryParsePrometheus(ReadOnlySpan<char> text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (text is "0")
            return true;
        if (text.IsEmpty)
            return false;
        var next = 0;
        Int128 total = 0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > 18)
                return false;
            var number = long.Parse(text[..digits], CultureInfo.InvariantCulture);
            text = text[digits..];
            var letters = text.IndexOfAnyInRange('0', '9');
            var unit = letters < 0 ? text : text[..letters];
            var found = -1;
            for (var i = next; i < PrometheusUnits.Length; i++)
            {
                if (unit.SequenceEqual(PrometheusUnits[i].Unit))
                    found = i;
            }

            if (found < 0)
                return false;
            total += (Int128)number * PrometheusUnits[found].Nanoseconds;
            next = found + 1;
            text = text[unit.Length..];
        }

        nanoseconds = total > long.MaxValue ? 0 : (long)total;
        return total <= long.MaxValue;
    }

    /// <summary>Go's time.ParseDuration: signed, fractions, units in any order.</summary>
    public static bool TryParseGo(ReadOnlySpan<char> text, out long nanoseconds)
    {
        nanoseconds = 0;
        var negative = text.StartsWith("-");
        if (negative || text.StartsWith("+"))
            text = text[1..];
        if (text is "0")
            return true;
        if (text.IsEmpty)
            return false;
        decimal total = 0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(Digits);
            if (digits is <= 0 or > 20
                || !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            text = text[digits..];
            var letters = text.IndexOfAny(Digits);
            var unit = (letters < 0 ? text : text[..letters]).ToString();
            if (!GoUnits.TryGetValue(unit, out var size) || number > long.MaxValue / size)
                return false;
            total += number * size;
            text = text[unit.Length..];
        }

        if (total > long.MaxValue)
            return false;
        nanoseconds = negative ? -(long)total : (long)total;
        return true;
    }

    public static bool TryParse(ReadOnlySpan<char> text, out long nanoseconds) =>
        TryParsePrometheus(text, out nanoseconds) || TryParseGo(text, out nanoseconds);

    /// <summary>prometheus/common, Duration.String: <c>30d1h</c>, <c>5m</c>; weeks and days only when nothing else is left over.</summary>
    public static string FormatPrometheus(long nanoseconds)
    {
        var rest = nanoseconds / 1_000_000;
        if (rest == 0)
            return "0s";
        var text = new StringBuilder();
        foreach (var (unit, size, exact) in new[]
        {
            ("y", 365L * 24 * 3600 * 1000, true), ("w", 7L * 24 * 3600 * 1000, true), ("d", 24L * 3600 * 1000, false),
                ("h", 3600L * 1000, false),
            ("m", 60L * 1000, false), ("s", 1000L, false), ("ms", 1L, false),
        })
        {
            if (exact && rest % size != 0)
                continue;
            if (rest / size > 0)
                text.Append(CultureInfo.InvariantCulture, $"{rest / size}{unit}");
            rest %= size;
        }

        return text.ToString();
    }

    /// <summary>
    /// A text that <see cref="TryParse"/> reads back: <c>1h30m</c>, <c>1.5s</c> as <c>1s500ms</c>, finer ones with µs and ns.
    /// </summary>
    public static string Format(long nanoseconds)
    {
        if (nanoseconds == 0)
            return "0s";
        var text = new StringBuilder();
        if (nanoseconds < 0)
            text.Append('-');
        var rest = (ulong)Math.Abs((decimal)nanoseconds);
        foreach (var (unit, size) in new[] { ("h", 3600 * Second), ("m", 60 * Second), ("s", Second), ("ms", 1_000_000), ("us", 1_000),
            ("ns", 1) })
        {
            var number = rest / (ulong)size;
            rest %= (ulong)size;
            if (number > 0)
                text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
        }

        return text.ToString();
    }
}
