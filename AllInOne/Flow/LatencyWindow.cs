using Observability.ServiceDefaults.Telemetry;

namespace Observability.AllInOne.Flow;

/// <summary>Quantiles of the latencies of the last seconds. One thread moves the window; any may record.</summary>
internal sealed class LatencyWindow
{
    private const int Seconds = 10;

    private readonly LatencyHistogram[] _seconds = [.. Enumerable.Range(0, Seconds).Select(_ => new LatencyHistogram())];
    private int _current;

    public void Record(double seconds) => _seconds[Volatile.Read(ref _current)].Add(TimeSpan.FromSeconds(seconds));

    /// <summary>Begins the next second, and forgets the oldest.</summary>
    public void Advance()
    {
        var next = (_current + 1) % Seconds;
        _seconds[next].Clear();
        Volatile.Write(ref _current, next);
    }

    /// <summary>The latency that a share of the values does not exceed, in milliseconds, or null when there are none.</summary>
    public double? QuantileMs(double share) => Array.TrueForAll(_seconds, second => second.IsEmpty)
        ? null
        : Math.Round(LatencyHistogram.Percentile(_seconds, share).TotalMilliseconds, 1);
}
