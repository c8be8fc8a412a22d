namespace Observability.LogGenerator.Verification;

/// <summary>What the service's own verification has found since it started.</summary>
/// <param name="Since">When it started.</param>
/// <param name="Rounds">Rounds that were judged.</param>
/// <param name="FailedRounds">Rounds of them that did not pass.</param>
/// <param name="Sent">Lines sent in judged rounds.</param>
/// <param name="Stored">Different lines that the store showed.</param>
/// <param name="Missing">Lines that it did not show by their deadline.</param>
/// <param name="Late">Lines of the missing ones that it showed when it was asked again.</param>
/// <param name="Duplicated">Lines that it showed more than once.</param>
/// <param name="OutOfOrder">Lines that it placed after a line that was sent later.</param>
/// <param name="Changed">Lines that were not as they were sent.</param>
/// <param name="Forgotten">Lines that it had shown and no longer showed a round later: it was restarted, or keeps too little.</param>
/// <param name="StoreRestarts">How often it forgot all of a round.</param>
internal sealed record VerificationTotals(
    DateTimeOffset Since,
    long Rounds = 0,
    long FailedRounds = 0,
    long Sent = 0,
    long Stored = 0,
    long Missing = 0,
    long Late = 0,
    long Duplicated = 0,
    long OutOfOrder = 0,
    long Changed = 0,
    long Forgotten = 0,
    long StoreRestarts = 0)
{
    /// <summary>The totals with one more round.</summary>
    public VerificationTotals With(VerificationReport report) => this with
    {
        Rounds = Rounds + 1,
        FailedRounds = FailedRounds + (report.Passed ? 0 : 1),
        Sent = Sent + report.Sent,
        Stored = Stored + (report.Stored ?? 0),
        Missing = Missing + (report.Missing ?? 0),
        Duplicated = Duplicated + (report.Duplicated ?? 0),
        OutOfOrder = OutOfOrder + (report.OutOfOrder ?? 0),
        Changed = Changed + (report.Changed ?? 0),
    };
}
