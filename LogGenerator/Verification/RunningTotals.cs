namespace Observability.LogGenerator.Verification;

/// <summary>Holds the totals of the service's own verification. Safe for any thread.</summary>
internal sealed class RunningTotals(TimeProvider time)
{
    private readonly Lock _lock = new();
    private VerificationTotals _totals = new(time.GetUtcNow());

    /// <summary>The totals by now.</summary>
    public VerificationTotals Now => Volatile.Read(ref _totals);

    /// <summary>Changes the totals.</summary>
    /// <returns>The totals after the change.</returns>
    public VerificationTotals Update(Func<VerificationTotals, VerificationTotals> change)
    {
        lock (_lock)
        {
            var changed = change(_totals);
            Volatile.Write(ref _totals, changed);
            return changed;
        }
    }
}
