using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Patterns;
using Observability.LogGenerator.Telemetry;

namespace Observability.LogGenerator.Generation;

/// <summary>Makes the lines of a run: the same seed, pattern and rate make the same lines, but for timestamps and traces.</summary>
/// <param name="seed">The seed.</param>
/// <param name="backfillAge">How old the lines of the pattern <c>backfill</c> are.</param>
/// <param name="time">The clock of the timestamps.</param>
/// <param name="tracer">Decides which lines are traced; by default none is.</param>
internal sealed class LineSource(ulong seed, TimeSpan backfillAge, TimeProvider time, LineTracer? tracer = null)
{
    private readonly LineRandom _random = new(seed);
    private long _sequence;

    // The time at which the next line is due at the set rate: a sum, since the rate may change.
    private double _scheduledSeconds;

    /// <summary>Adds up to <paramref name="count"/> lines to <paramref name="batch"/>; fewer when it is full before.</summary>
    public void Fill(LineBatch batch, int count, LinePattern pattern, double rate)
    {
        var timestamp = (time.GetUtcNow() - pattern.Age(backfillAge)).UtcDateTime;
        tracer?.Look();
        for (; count > 0 && !batch.IsFull; count--)
        {
            var mix = pattern.Mix(TimeSpan.FromSeconds(_scheduledSeconds));
            batch.Add(mix.Pick(_random), new LineContext(timestamp, _random, ++_sequence, tracer?.Next()));
            _scheduledSeconds += 1 / rate;
        }
    }
}
