namespace Observability.LogGenerator.Pacing;

/// <summary>
/// Says how many lines are due. It adds up rate × time since the last question, so an early, late or missed wake-up
/// shifts lines by moments but changes nothing in their number: the rate does not drift.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RatePacer(TimeProvider time)
{
    /// <summary>The shortest wait: more wake-ups than this a second buy no accuracy.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest wait, so that a new rate is acted on soon.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How much of a delay is made up for. Beyond it (a sink stood still, the machine slept) lines are let go rather
    /// than sent in one flood.
    /// </summary>
    public static readonly TimeSpan CatchUp = TimeSpan.FromSeconds(1);

    // A sum of many products may fall short of a whole number by this much.
    private const double RoundingError = 1e-6;

    private long _last = time.GetTimestamp();
    private double _due;

    /// <summary>The time that lines were taken for, without pauses.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Forgets what is due, as after a pause.</summary>
    public void Reset()
    {
        _last = time.GetTimestamp();
        _due = 0;
    }

    /// <summary>Takes the lines that are due now.</summary>
    /// <param name="rate">The rate since the last call, in lines a second.</param>
    /// <param name="maximum">The most to take; the rest stays due.</param>
    /// <param name="duration">The <see cref="Elapsed"/> at which the run is over, or null when it is endless.</param>
    /// <returns>The number of lines to send at once; 0 when none is due.</returns>
    public int Take(double rate, int maximum, TimeSpan? duration = null)
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_last, now);
        if (duration is { } end && elapsed > end - Elapsed)
            elapsed = end - Elapsed;
        _last = now;
        Elapsed += elapsed;

        var most = Math.Max(1, rate * CatchUp.TotalSeconds);
        _due = Math.Min(_due + (rate * elapsed.TotalSeconds), Math.Max(most, _due));
        var lines = (int)Math.Min(_due + RoundingError, maximum);
        _due -= lines;
        return lines;
    }

    /// <summary>How long to wait until it is worth asking again.</summary>
    /// <param name="rate">The rate aimed at, in lines a second.</param>
    public TimeSpan UntilNext(double rate)
    {
        var seconds = rate > 0 ? (1 - _due) / rate : LongestWait.TotalSeconds;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, Tick.TotalSeconds, LongestWait.TotalSeconds));
    }
}
