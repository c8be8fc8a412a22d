namespace Observability.ServiceDefaults.Telemetry;

/// <summary>
/// Counts durations in steps of one percent from 0.1 ms to a day, in 16 KB however many there are. Any thread may add; what
/// is asked meanwhile is right but for the durations that are just being added.
/// </summary>
public sealed class LatencyHistogram
{
    private const double Step = 1.01;

    private static readonly TimeSpan Smallest = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan Largest = TimeSpan.FromDays(1);
    private static readonly double LogStep = Math.Log(Step);

    private readonly long[] _counts = new long[Index(Largest) + 1];
    private long _maximum;

    /// <summary>The longest duration, exactly; zero when there is none.</summary>
    public TimeSpan Maximum => new(Interlocked.Read(ref _maximum));

    /// <summary>Whether there is no duration.</summary>
    public bool IsEmpty => Array.TrueForAll(_counts, count => count == 0);

    /// <summary>Adds a duration.</summary>
    /// <param name="duration">The duration; one below zero counts as the shortest.</param>
    public void Add(TimeSpan duration)
    {
        Interlocked.Increment(ref _counts[Index(duration)]);
        for (var known = Interlocked.Read(ref _maximum); duration.Ticks > known; known = Interlocked.Read(ref _maximum))
            Interlocked.CompareExchange(ref _maximum, duration.Ticks, known);
    }

    /// <summary>Forgets all durations.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Interlocked.Exchange(ref _maximum, 0);
    }

    /// <summary>The duration that a share of all are not longer than, to within one percent; zero when there is none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public TimeSpan Percentile(double share) => Percentile([this], share);

    /// <summary>The same over several histograms.</summary>
    /// <param name="histograms">The histograms.</param>
    /// <param name="share">From 0 to 1.</param>
    public static TimeSpan Percentile(IReadOnlyCollection<LatencyHistogram> histograms, double share)
    {
        ArgumentNullException.ThrowIfNull(histograms);

        var counts = new long[Index(Largest) + 1];
        foreach (var histogram in histograms)
        {
            for (var i = 0; i < counts.Length; i++)
                counts[i] += Volatile.Read(ref histogram._counts[i]);
        }

        var rank = (long)Math.Ceiling(share * counts.Sum());
        long passed = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            passed += counts[i];
            if (passed >= rank && passed > 0)
                return Shorter(Smallest * Math.Pow(Step, i + 1), histograms.Max(histogram => histogram.Maximum));
        }

        return TimeSpan.Zero;
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static int Index(TimeSpan duration) =>
        duration <= Smallest ? 0 : (int)(Math.Log(Shorter(duration, Largest) / Smallest) / LogStep);
}
