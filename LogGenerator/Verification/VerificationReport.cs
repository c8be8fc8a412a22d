namespace Observability.LogGenerator.Verification;

/// <summary>What a verification found.</summary>
/// <param name="RunId">Marks the lines of the run in the store.</param>
/// <param name="Passed">Whether all lines were sent, and each is shown exactly once.</param>
/// <param name="Outcome">How the run came to its end.</param>
/// <param name="Reason">Why it came to a bad end, for people; null when it did not.</param>
/// <param name="Lines">Lines that were to be sent.</param>
/// <param name="Sent">Lines sent.</param>
/// <param name="Stored">Different lines that the store shows.</param>
/// <param name="Missing">Lines sent that it does not show.</param>
/// <param name="Vanished">Those of the missing lines that it showed before, such as when it keeps too little.</param>
/// <param name="Duplicated">Lines that it shows more than once.</param>
/// <param name="OutOfOrder">Lines that it places at a later time than a line that was sent after them.</param>
/// <param name="Unacknowledged">Lines that the sink's target has not acknowledged.</param>
/// <param name="Refused">Lines that the sink's target refused for good.</param>
/// <param name="FirstMissing">The first ranges of missing lines, ten at most.</param>
/// <param name="Latency">End-to-end latency.</param>
/// <param name="SendSeconds">How long sending took, in seconds.</param>
/// <param name="TotalSeconds">How long the run took, in seconds.</param>
internal sealed record VerificationReport(
    string RunId,
    bool Passed,
    VerificationOutcome Outcome,
    string? Reason,
    int Lines,
    int Sent,
    int Stored,
    int Missing,
    int Vanished,
    int Duplicated,
    int OutOfOrder,
    long Unacknowledged,
    long Refused,
    IReadOnlyList<SequenceRange> FirstMissing,
    LatencyReport Latency,
    double SendSeconds,
    double TotalSeconds);
