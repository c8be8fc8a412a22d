namespace Observability.AllInOne.Flow;

/// <summary>
/// Quantiles of the latencies of the last seconds, from counts in buckets that grow by a tenth from 1 ms, so a quantile is
/// exact to a tenth. One thread moves the window; any may record.
/// </summary>
internal sealed class LatencyWindow
{
    private const int Seconds = 10;
    private const double Smallest = 0.001;
    private const double Growth = 1.1;

    // The last one is above a day.
    private static readonly int Buckets = Index(TimeSpan.FromDays(1).TotalSeconds) + 1;

    private readonly long[][] _seconds = [.. Enumerable.Range(0, Seconds).Select(_ => new long[Buckets])];
    private int _current;

    public void Record(double seconds) =>
        Interlocked.Increment(ref _seconds[Volatile.Read(ref _current)][Math.Clamp(Index(seconds), 0, Buckets - 1)]);

    /// <summary>Begins the next second, and forgets the oldest.</summary>
    public void Advance()
    {
        var next = (_current + 1) % Seconds;
        Array.Clear(_seconds[next]);
        Volatile.Write(ref _current, next);
    }

    /// <summary>The latency that a share of the values does not exceed, in milliseconds, or null when there are none.</summary>
    public double? QuantileMs(double share)
    {
        var total = _seconds.Sum(second => second.Sum());
        if (total == 0)
            return null;

        var rank = (long)Math.Ceiling(share * total);
        var bucket = 0;
        for (long seen = 0; bucket < Buckets - 1; bucket++)
        {
            seen += _seconds.Sum(second => second[bucket]);
            if (seen >= rank)
                break;
        }

        return Math.Round(Smallest * Math.Pow(Growth, bucket) * 1000, 1);
    }

    private static int Index(double seconds) => seconds <= Smallest ? 0 : (int)Math.Ceiling(Math.Log(seconds / Smallest, Growth));
}
