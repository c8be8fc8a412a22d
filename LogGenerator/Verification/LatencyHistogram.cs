namespace Observability.LogGenerator.Verification;

/// <summary>Counts durations in steps of one percent, in the same few kilobytes however many there are.</summary>
internal sealed class LatencyHistogram
{
    private const double Step = 1.01;

    private static readonly TimeSpan Smallest = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan Largest = TimeSpan.FromDays(1);
    private static readonly double LogStep = Math.Log(Step);

    private readonly long[] _counts = new long[Index(Largest) + 1];
    private long _total;

    public TimeSpan Maximum { get; private set; }

    public void Add(TimeSpan duration)
    {
        _counts[Index(duration)]++;
        _total++;
        if (duration > Maximum)
            Maximum = duration;
    }

    /// <summary>The duration that a share of all are not longer than, to within one percent; zero when there is none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public TimeSpan Percentile(double share)
    {
        var rank = (long)Math.Ceiling(share * _total);
        long passed = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            passed += _counts[i];
            if (passed >= rank && passed > 0)
                return Shorter(Smallest * Math.Pow(Step, i + 1), Maximum);
        }

        return TimeSpan.Zero;
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static int Index(TimeSpan duration)
    {
        if (duration <= Smallest)
            return 0;
        return (int)(Math.Log(Shorter(duration, Largest) / Smallest) / LogStep);
    }
}
