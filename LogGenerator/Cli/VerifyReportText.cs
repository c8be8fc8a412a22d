using System.Globalization;
using System.Text;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Cli;

/// <summary>A report for people.</summary>
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
        Add($"  stored        {report.Stored,10}");
        Add($"  missing       {report.Missing,10}{Ranges(report)}");
        if (report.Vanished > 0)
            Add($"  vanished      {report.Vanished,10}  of the missing were shown before: the store keeps too little");
        Add($"  duplicated    {report.Duplicated,10}");
        Add($"  out of order  {report.OutOfOrder,10}");
        if (report.Unacknowledged > 0)
            Add($"  unacknowledged{report.Unacknowledged,10}  lines by the broker");
        if (report.Refused > 0)
            Add($"  refused       {report.Refused,10}  lines for good");
        var latency = report.Latency;
        Add($"  latency       p50 {latency.P50Ms:0} ms, p95 {latency.P95Ms:0} ms, p99 {latency.P99Ms:0} ms, max {latency.MaxMs:0} ms; the store was looked at every {latency.ResolutionMs:0} ms, so it may be that much less");
        text.Append(CultureInfo.InvariantCulture, $"  took          {report.TotalSeconds:0.0} s");
        return text.ToString();

        void Add(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Verdict(VerificationReport report) => report.Outcome switch
    {
        VerificationOutcome.Interrupted => "INTERRUPTED, so lines not seen may be on their way",
        VerificationOutcome.StoreUnreachable => "UNDECIDED, the store could not be read",
        VerificationOutcome.TimedOut when !report.Passed => "FAILED, timed out",
        _ => report.Passed ? "PASSED" : "FAILED",
    };

    private static string Ranges(VerificationReport report)
    {
        if (report.FirstMissing.Count == 0)
            return "";
        var ranges = report.FirstMissing.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}");
        return $"  numbers {string.Join(", ", ranges)}{(report.FirstMissing.Sum(range => range.Last - range.First + 1) < report.Missing ? ", …" : "")}";
    }
}
