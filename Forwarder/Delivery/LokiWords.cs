using System.Globalization;
using System.Text.RegularExpressions;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// The sentences of Loki's refusals (v3.7.6: <c>pkg/validation/validate.go</c>, <c>pkg/ingester/stream.go</c>,
/// <c>pkg/ingester/instance.go</c>, <c>pkg/chunkenc/interface.go</c>, <c>pkg/util/errors.go</c>).
/// </summary>
internal static partial class LokiWords
{
    /// <summary>The start of the words about a line that is older than another of its stream by more than the ingester's window.</summary>
    public const string TooFarBehind = "entry too far behind";

    /// <summary>The start of the words about a line that exceeds the rate limit of its stream.</summary>
    public const string StreamRateLimit = "Per stream rate limit exceeded";

    private const string TenantRateLimit = "ingestion rate limit exceeded";
    private const string StreamLimit = "maximum active stream limit exceeded";

    // What a refusal of lines says, one of these at least; of streams and labels as well as of lines.
    private static readonly string[] Verdicts =
    [
        "has timestamp too old", "has timestamp too new", "max entry size", TooFarBehind, "entry out of order", "total ignored: ",
        "structured metadata", "label names; limit", "label name too long", "label value too long", "duplicate label name",
        "at least one label pair is required", "error parsing labels", "missing required labels",
    ];

    // The expressions below start anew at each place where a sentence begins, so none of them looks beyond the next such place: what a
    // store answers, or whoever answers for it, may be a megabyte of beginnings.

    // What a label must not say, or its stream's name in a refusal could be taken for Loki's own words.
    private static readonly string[] Forgeries = ["errors like: ", "acceptable timestamp", "timestamp too", "max entry size", " ignored",
        "rate limit", "stream limit"];

    /// <summary>Whether a 400 is a verdict of Loki on lines, and not on the request or the page of some proxy.</summary>
    public static bool IsVerdict(string text) => Verdicts.Any(words => text.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a 429 says that there is no room for another stream.</summary>
    public static bool IsStreamLimit(string text) => text.Contains(StreamLimit, StringComparison.Ordinal);

    /// <summary>Whether a 429 names a rate limit of Loki.</summary>
    public static bool IsRateLimit(string text) =>
        text.Contains(TenantRateLimit, StringComparison.Ordinal) || text.Contains(StreamRateLimit, StringComparison.Ordinal);

    /// <summary>Whether Loki itself found a request too large.</summary>
    public static bool IsTooLarge(string text) =>
        text.Contains("request body too large", StringComparison.OrdinalIgnoreCase)
            || text.Contains("larger than max", StringComparison.Ordinal) || text.Contains("fits into no message",
                StringComparison.Ordinal);

    /// <summary>Whether an ingester refused: it speaks of the last stream alone of those that it was given.</summary>
    public static bool IsOfIngester(string text) =>
        text.Contains(TooFarBehind, StringComparison.Ordinal) || text.Contains(StreamRateLimit, StringComparison.Ordinal)
        || text.Contains("total ignored: ", StringComparison.Ordinal) || text.Contains("entry out of order", StringComparison.Ordinal)
        || IsStreamLimit(text);

    /// <summary>Whether the text of a label set could be mistaken for words of Loki.</summary>
    public static bool AreForged(string labels) => Forgeries.Any(words => labels.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>The bytes per second that a refusal names as a stream's limit, or 0.</summary>
    public static long StreamRate(string text) =>
        StreamRatePattern().Match(text) is { Success: true } match
        && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? (long)(number * Unit(match.Groups[2].Value)) : 0;

    /// <summary>The bytes per second that a refusal names as a limit, of the tenant or of a stream, or 0.</summary>
    public static long Rate(string text) =>
        TenantRatePattern().Match(text) is { Success: true } match
        && long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : StreamRate(text);

    /// <summary>The entries that an ingester lists: time, and why. It lists the first ten or so
    /// (<c>ingester.max_returned_stream_errors</c>).</summary>
    public static List<(long Timestamp, string Words)> IgnoredEntries(string text)
    {
        List<(long, string)> entries = [];
        foreach (Match match in IgnoredEntryPattern().Matches(text))
        {
            if (!TryReadTime(match.Groups[1].Value + 'T' + match.Groups[2].Value + 'Z', out var seconds))
                return [];
            var fraction = match.Groups[3].ValueSpan;
            entries.Add((seconds + (fraction.IsEmpty ? 0 : long.Parse(fraction.ToString().PadRight(9, '0'), CultureInfo.InvariantCulture)),
                match.Groups[4].Value));
        }

        return entries;
    }

    /// <summary>How many lines of how many an ingester refused of a stream.</summary>
    public static bool TryReadTotal(string text, out int ignored, out int total)
    {
        (ignored, total) = (0, 0);
        return TotalPattern().Match(text) is { Success: true } match
            && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out ignored)
            && int.TryParse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out total);
    }

    /// <summary>The oldest time that is accepted, to the second below; <see cref="long.MinValue"/> when the words name none.</summary>
    public static long OldestAcceptable(string text) =>
        OldestAcceptablePattern().Match(text) is { Success: true } match && TryReadTime(match.Groups[1].Value, out var time)
            ? time
            : long.MinValue;

    /// <summary>Reads a time of RFC 3339 in whole seconds, as Loki writes it.</summary>
    public static bool TryReadTime(string text, out long nanoseconds)
    {
        var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        nanoseconds = isTime ? (time - DateTimeOffset.UnixEpoch).Ticks * 100 : 0;
        return isTime && time.Year is > 1700 and < 2250;
    }

    /// <summary>What the distributor says of lines that are too old, too new or too long, each with how many lines it is about.</summary>
    [GeneratedRegex(
        @"(?:(?<count>(?<![0-9])[0-9]{1,9}) errors like: )?(?:entry for stream '(?:(?!entry for stream ')[^\n])*?' has timestamp too "
        + @"(?:old: (?<old>\S+), oldest acceptable timestamp is: (?<oldest>\S+?)|new: (?<new>\S+?))(?=;|\s|$)"
        + @"|max entry size '(?<size>[0-9]{1,9})' bytes exceeded for stream '(?:(?!max entry size ')[^\n])*?' "
        + @"while adding an entry with length '(?<length>[0-9]{1,9})' bytes)",
        RegexOptions.CultureInvariant)]
    public static partial Regex DistributorPattern();

    /// <summary>How many errors a group of the distributor's is about.</summary>
    [GeneratedRegex(@"((?<![0-9])[0-9]{1,9}) errors like: ", RegexOptions.CultureInvariant)]
    public static partial Regex GroupPattern();

    private static long Unit(string name) => name switch { "KB" => 1L << 10, "MB" => 1L << 20, "GB" => 1L << 30, "TB" => 1L << 40, _ => 1 };

    // datasize.ByteSize of c2h5oh: units of 1024.
    [GeneratedRegex(@"Per stream rate limit exceeded \(limit: ([0-9.]+)([KMGT]?B)/sec\)", RegexOptions.CultureInvariant)]
    private static partial Regex StreamRatePattern();

    [GeneratedRegex(
        @"ingestion rate limit exceeded for user .{0,300}? \(limit: ([0-9]{1,18}) bytes/sec\)", RegexOptions.CultureInvariant)]
    private static partial Regex TenantRatePattern();

    // Go's time.Time.String().
    [GeneratedRegex(
        @"entry with timestamp ([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))? \+0000 UTC ignored, "
        + @"reason: '((?:(?!entry with timestamp ).)*?)',\n",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex IgnoredEntryPattern();

    [GeneratedRegex(@"total ignored: ([0-9]+) out of ([0-9]+) for stream: ", RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex TotalPattern();

    [GeneratedRegex(@"oldest acceptable timestamp is: ([0-9TZ:.+-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex OldestAcceptablePattern();
}
