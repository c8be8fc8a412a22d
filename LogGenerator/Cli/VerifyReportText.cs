using System.Globalization;
using System.Text;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Cli;

/// <summary>A report for people. It has no line for what was not found out.</summary>
internal static class VerifyReportText
{
    public static string Format(VerificationReport report)
    {
        var text = new StringBuilder();
        var rate = report.SendSeconds > 0 ? report.Sent / report.SendSeconds : 0;
        Add($"verify {report.RunId}: {Verdict(report)}");
        if (report.Reason is { } reason)
            Add($"  {reason}");
        Add($"  sent          {report.Sent,10}  of {report.Lines}, in {report.SendSeconds:0.0} s ({rate:0} lines/s)");
        if (report.Stored is { } stored)
            Add($"  stored        {stored,10}");
        if (report.Missing is { } missing)
            Add($"  missing       {missing,10}{Ranges(report.FirstMissing, missing)}");
        if (report.Vanished > 0)
            Add($"  vanished      {report.Vanished,10}  of the missing were shown before: the store was restarted, or keeps too little");
        if (report.Duplicated is { } duplicated)
            Add($"  duplicated    {duplicated,10}{Ranges(report.FirstDuplicated, duplicated)}");
        if (report.OutOfOrder is { } outOfOrder)
            Add($"  out of order  {outOfOrder,10}{Ranges(report.FirstOutOfOrder, outOfOrder)}");
        if (report.Changed is { } changed)
            Add($"  changed       {changed,10}");
        foreach (var change in report.FirstChanged)
            Add($"    {(change.Sequence > 0 ? $"number {change.Sequence}" : "a number that cannot be told")}: {change.What}");
        if (report.Counted is { } counted)
            Add($"  counted       {counted,10}  by count_over_time");
        if (report.Unacknowledged > 0)
            Add($"  unacknowledged{report.Unacknowledged,10}  lines by {report.SentTo}");
        if (report.Refused > 0)
            Add($"  refused       {report.Refused,10}  lines for good");
        if (report.Latency is { } latency)
            Add($"  latency       p50 {latency.P50Ms:0} ms, p95 {latency.P95Ms:0} ms, p99 {latency.P99Ms:0} ms, max {latency.MaxMs:0} ms; the store was looked at every {latency.ResolutionMs:0} ms, so it may be that much less");
        if (report.SettleSeconds is { } settle)
            Add($"  looked for late duplicates until {settle:0.#} s after the last line had appeared");
        if (report.AnswerCap is { } cap)
            Add($"  the store gives at most {cap} lines per answer, where {Reader.PageSize} were asked for: all were read, but whoever asks for more at once gets less");
        if (!report.Passed && report.Outcome != VerificationOutcome.Interrupted)
        {
            Add($"  sent to       {report.SentTo}");
            Add($"  asked for     {report.Asked}");
        }

        text.Append(CultureInfo.InvariantCulture, $"  took          {report.TotalSeconds:0.0} s");
        return text.ToString();

        void Add(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Verdict(VerificationReport report) => report.Outcome switch
    {
        VerificationOutcome.Interrupted => "INTERRUPTED, so lines not seen may be on their way",
        VerificationOutcome.StoreUnreachable => "UNDECIDED, the store could not be read",
        VerificationOutcome.SinkUnreachable => "UNDECIDED, the lines could not be sent",
        VerificationOutcome.TimedOut when !report.Passed => "FAILED, timed out",
        _ => report.Passed ? "PASSED" : "FAILED",
    };

    private static string Ranges(IReadOnlyList<SequenceRange> first, int total)
    {
        if (first.Count == 0)
            return "";
        var ranges = first.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}");
        return $"  numbers {string.Join(", ", ranges)}{(first.Sum(range => range.Last - range.First + 1) < total ? ", …" : "")}";
    }
}
