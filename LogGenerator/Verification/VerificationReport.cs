using Observability.LogGenerator.Telemetry;

namespace Observability.LogGenerator.Verification;

/// <summary>What a verification found. What was not found out is null: no figure here is a guess.</summary>
/// <param name="RunId">Marks the lines of the run in the store.</param>
/// <param name="Passed">Whether all lines were sent, and each is shown exactly once and as it was sent.</param>
/// <param name="Outcome">How the run came to its end.</param>
/// <param name="Reason">Why it came to a bad end, for people; null when it did not.</param>
/// <param name="Lines">Lines that were to be sent.</param>
/// <param name="Sent">Lines sent.</param>
/// <param name="Stored">Different lines that the store shows; null when it was not read as a whole.</param>
/// <param name="Missing">Lines sent that it does not show; null when it was not read as a whole.</param>
/// <param name="Vanished">Those of the missing lines that it showed before: it was restarted, or keeps too little.</param>
/// <param name="Duplicated">Lines that it shows more than once.</param>
/// <param name="OutOfOrder">Lines that it places at a later time than a line that was sent after them.</param>
/// <param name="Changed">Lines whose text, labels, metadata or time is not what was sent.</param>
/// <param name="Counted">Lines that a metric query counts; null when none was asked for.</param>
/// <param name="Unacknowledged">Lines that the sink's target has not acknowledged.</param>
/// <param name="Refused">Lines that the sink's target refused for good.</param>
/// <param name="FirstMissing">The first ranges of missing lines, ten at most.</param>
/// <param name="FirstDuplicated">The first ranges of lines shown more than once, ten at most.</param>
/// <param name="FirstOutOfOrder">The first ranges of lines out of order, ten at most.</param>
/// <param name="FirstChanged">The first changed lines, ten at most, with what is different.</param>
/// <param name="Latency">End-to-end latency; null when no line was seen.</param>
/// <param name="SendSeconds">How long sending took, in seconds.</param>
/// <param name="TotalSeconds">How long the run took, in seconds.</param>
/// <param name="SettleSeconds">How long after the last line had appeared late duplicates were looked for, in seconds; null when it was
/// not.</param>
/// <param name="SentTo">Where the lines were sent.</param>
/// <param name="Asked">What the store was asked for.</param>
/// <param name="AnswerCap">The most lines that the store gave per answer, where it is fewer than it was asked for; else null.</param>
internal sealed record VerificationReport(
    string RunId,
    bool Passed,
    VerificationOutcome Outcome,
    string? Reason,
    int Lines,
    int Sent,
    int? Stored,
    int? Missing,
    int? Vanished,
    int? Duplicated,
    int? OutOfOrder,
    int? Changed,
    long? Counted,
    long Unacknowledged,
    long Refused,
    IReadOnlyList<SequenceRange> FirstMissing,
    IReadOnlyList<SequenceRange> FirstDuplicated,
    IReadOnlyList<SequenceRange> FirstOutOfOrder,
    IReadOnlyList<LineChange> FirstChanged,
    LatencyReport? Latency,
    double SendSeconds,
    double TotalSeconds,
    double? SettleSeconds,
    string SentTo,
    string Asked,
    int? AnswerCap)
{
    /// <summary>Counts the verdict in the service's metrics.</summary>
    public void CountInto(GeneratorMetrics metrics) =>
        metrics.Verified(Stored ?? 0, Missing ?? 0, Duplicated ?? 0, OutOfOrder ?? 0, Changed ?? 0);
}
