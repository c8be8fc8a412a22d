using Observability.Forwarder.Kafka;

namespace Observability.Forwarder;

/// <summary>
/// What is to be done for the partitions now and then, whether records come or not: offsets handed on, the lag measured, partitions that
/// do not move found and helped. Belongs to the consuming thread.
/// </summary>
/// <param name="assignment">The partitions.</param>
/// <param name="offsets">Hands on offsets, and measures the lag.</param>
/// <param name="watch">Finds the partitions that do not move.</param>
/// <param name="skipper">Steps over what cannot be read, or <see langword="null"/> where that is not wanted.</param>
/// <param name="time">Tells when it is due.</param>
internal sealed class Upkeep(
    PartitionAssignment assignment, OffsetCommitter offsets, StallWatch watch, UnreadableSkipper? skipper, TimeProvider time)
{
    /// <summary>How often offsets are handed on.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How often the lag is measured and partitions that do not move are looked for. For both librdkafka is asked where a partition ends,
    /// some 0.7 µs a time: with a thousand partitions 1.4 % of a core if it were each <see cref="Interval"/>.
    /// </summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private long _last;
    private long _lastLook;

    /// <summary>Does it, if it is due.</summary>
    /// <param name="giveUp">Gives up what that sets going.</param>
    public void Work(CancellationToken giveUp)
    {
        if (time.GetElapsedTime(_last) < Interval)
            return;

        _last = time.GetTimestamp();
        foreach (var partition in assignment.Partitions)
            offsets.Commit(partition);
        if (time.GetElapsedTime(_lastLook, _last) >= LookInterval)
            Look();
        skipper?.Work(assignment.Partitions, giveUp);
    }

    private void Look()
    {
        _lastLook = _last;
        foreach (var partition in assignment.Partitions)
            offsets.MeasureLag(partition);
        watch.Look(assignment.Partitions);
    }
}
