using System.Globalization;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.LogQl;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>Parameters as Loki reads them (pkg/loghttp/params.go, v3.7.6): its defaults and its words for what is wrong.</summary>
internal static class RequestParameters
{
    private const int DefaultLimit = 100;
    private const int MaxPoints = 11000;

    public static int Limit(RequestForm form)
    {
        var limit = Integer(form["limit"], DefaultLimit);
        return limit > 0 ? limit : throw new LokiException("limit must be a positive value");
    }

    public static bool IsForward(RequestForm form) => form["direction"].ToUpperInvariant() switch
    {
        "" or "BACKWARD" => false,
        "FORWARD" => true,
        _ => throw new LokiException($"invalid direction '{form["direction"]}'"),
    };

    /// <summary>Start and end in nanoseconds; by default the last hour.</summary>
    public static (long Start, long End) Bounds(RequestForm form, DateTimeOffset now)
    {
        var nowNanoseconds = GoTime.ToNanoseconds(now);
        var since = 3600 * LogQlDurations.Second;
        if (form["since"] is { Length: > 0 } text && !LogQlDurations.TryParsePrometheus(text, out since))
            throw new LokiException($"could not parse 'since' parameter: not a valid duration string: {GoQuote.Quote(text)}");
        var end = Time(form, "end", nowNanoseconds, "could not parse 'end' parameter: ");
        var start = Time(form, "start", Math.Min(end, nowNanoseconds) - since, "could not parse 'start' parameter: ");
        return (start, end);
    }

    public static long Time(RequestForm form, string name, long byDefault, string errorPrefix = "")
    {
        var text = form[name];
        return text.Length == 0 ? byDefault : TryParseTime(text, out var value)
            ? value
            : throw new LokiException($"{errorPrefix}strconv.ParseInt: parsing {GoQuote.Quote(text)}: invalid syntax");
    }

    public static long Step(RequestForm form, long start, long end)
    {
        // The difference of two times may be more than a long holds.
        var length = (Int128)end - start;
        var step = form["step"] is { Length: > 0 } text ? SecondsOrDuration(text)
            : (long)Int128.Max(length / LogQlDurations.Second / 250, 1) * LogQlDurations.Second;
        if (step <= 0)
            throw new LokiException("zero or negative query resolution step widths are not accepted. Try a positive integer");
        return length / step > MaxPoints
            ? throw new LokiException(
                "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter")
            : step;
    }

    public static long Interval(RequestForm form)
    {
        var interval = form["interval"] is { Length: > 0 } text ? SecondsOrDuration(text) : 0;
        return interval >= 0 ? interval : throw new LokiException("interval must be >= 0");
    }

    public static int Integer(string text, int byDefault) => text.Length == 0 ? byDefault
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : throw new LokiException($"strconv.Atoi: parsing {GoQuote.Quote(text)}: invalid syntax");

    /// <summary>Seconds with a fraction; whole seconds of up to ten digits; nanoseconds; RFC 3339.</summary>
    public static bool TryParseTime(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (text.Contains('.') && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            if (!double.IsFinite(seconds) || Math.Abs(seconds) > 9e9)
                return false;
            var whole = Math.Truncate(seconds);
            // Loki keeps milliseconds of a fraction.
            nanoseconds = ((long)whole * LogQlDurations.Second)
                + (long)(Math.Round((seconds - whole) * 1000) / 1000 * LogQlDurations.Second);
            return true;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            nanoseconds = text.Length <= 10 ? Math.Clamp(number, -9_000_000_000, 9_000_000_000) * LogQlDurations.Second : number;
            return true;
        }

        return TryParseRfc3339(text, out nanoseconds);
    }

    private static bool TryParseRfc3339(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        // .NET reads seven digits of a fraction, Go nine.
        var dot = text.IndexOf('.');
        long fraction = 0;
        if (dot > 0)
        {
            var end = dot + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
                end++;
            if (end == dot + 1)
                return false;
            fraction = long.Parse(
                text.AsSpan(dot + 1, Math.Min(9, end - dot - 1)).ToString().PadRight(9, '0'), CultureInfo.InvariantCulture);
            text = text[..dot] + text[end..];
        }

        if (!DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var time)
            || time.Year is < 1678 or > 2261)
            return false;
        nanoseconds = GoTime.ToNanoseconds(time) + fraction;
        return true;
    }

    private static long SecondsOrDuration(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds))
        {
            return Math.Abs(seconds) < 9.2e9 ? (long)(seconds * LogQlDurations.Second)
                : throw new LokiException($"cannot parse {GoQuote.Quote(text)} to a valid duration. It overflows int64");
        }

        return LogQlDurations.TryParsePrometheus(text, out var duration) ? duration
            : throw new LokiException($"cannot parse {GoQuote.Quote(text)} to a valid duration");
    }
}
