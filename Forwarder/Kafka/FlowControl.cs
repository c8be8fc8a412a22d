using Confluent.Kafka;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// Keeps what waits for Loki within a budget: over it, nothing is read for a moment, and if that does not help the partitions
/// are paused until half of it is free again. A partition of which too much is in doubt is paused alone.
/// </summary>
/// <param name="consumer">Pauses and resumes.</param>
/// <param name="metrics">Is told when that changes.</param>
/// <param name="options">The budget, and the limit of a partition.</param>
/// <param name="time">Tells how long the budget has been used up.</param>
/// <param name="logger">Is told as well.</param>
internal sealed partial class FlowControl(
    IRecordConsumer consumer, ForwarderMetrics metrics, ForwarderOptions options, TimeProvider time, ILogger<FlowControl> logger)
{
    /// <summary>
    /// How long the budget may be used up before partitions are paused. A pause throws away what librdkafka has fetched ahead.
    /// </summary>
    internal static readonly TimeSpan PauseAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often more than <see cref="Few"/> partitions are looked at, if nothing else asks for it. Some 10,000 records are read meanwhile.
    /// </summary>
    internal static readonly TimeSpan ApplyInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>So many partitions are looked at in each round: it takes some microseconds.</summary>
    internal const int Few = 100;

    // One partition alone may set aside a quarter of the budget.
    private const int LeastShares = 4;

    private readonly List<TopicPartition> _toPause = [];
    private readonly List<TopicPartition> _toResume = [];
    private long? _overBudgetSince;
    private long _appliedAt;
    private bool _appliedPause;

    /// <summary>Whether all partitions are to stand still.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Decides what the loop does next, and pauses or resumes partitions.</summary>
    /// <param name="waitingBytes">Bytes that wait for Loki's answer.</param>
    /// <param name="partitions">The partitions held.</param>
    /// <returns>
    /// Whether to read; otherwise to wait for an answer. Whoever is paused reads all the same: it would be thrown out of the group
    /// after <c>max.poll.interval.ms</c>.
    /// </returns>
    public bool MayRead(long waitingBytes, IReadOnlyCollection<PartitionState> partitions)
    {
        if (waitingBytes >= options.MaxBufferedBytes)
        {
            // Most such waits end with the next answer.
            _overBudgetSince ??= time.GetTimestamp();
            if (!IsPaused && time.GetElapsedTime(_overBudgetSince.Value) < PauseAfter)
                return false;

            if (!IsPaused)
                LogPaused(waitingBytes);
            IsPaused = true;
        }
        else if (waitingBytes < options.MaxBufferedBytes / 2 || !IsPaused)
        {
            _overBudgetSince = null;
            if (IsPaused)
                LogResumed();
            IsPaused = false;
        }

        metrics.IsPaused = IsPaused;
        if (IsDue(partitions.Count))
            Apply(partitions);
        return true;
    }

    private bool IsDue(int partitions) =>
        partitions <= Few || _appliedPause != IsPaused || time.GetElapsedTime(_appliedAt) >= ApplyInterval;

    // A partition that was just assigned reads by itself, so it is looked at as well. After a failure a later round tries again.
    private void Apply(IReadOnlyCollection<PartitionState> partitions)
    {
        _appliedAt = time.GetTimestamp();
        _appliedPause = IsPaused;
        _toPause.Clear();
        _toResume.Clear();
        var (held, setAside) = (0, 0L);
        // One partition's trouble is not the others': what is set aside is left out of the budget, and has as much again, in equal shares.
        var share = options.MaxBufferedBytes / Math.Max(LeastShares, partitions.Count);
        foreach (var partition in partitions)
        {
            Judge(partition, share);
            setAside += partition.SetAsideBytes;
            held += partition.IsHeld ? 1 : 0;
            var mustStand = IsPaused || partition.IsHeld;
            if (mustStand != partition.IsPaused)
                (mustStand ? _toPause : _toResume).Add(partition.Partition);
        }

        metrics.HeldPartitions = held;
        metrics.SetAsideBytes = setAside;
        if (_toPause.Count + _toResume.Count > 0)
            Change(partitions);
    }

    private void Judge(PartitionState partition, long share)
    {
        var pending = partition.Offsets.Pending;
        var isOver = pending >= options.MaxPendingRecords || partition.SetAsideBytes >= share;
        var isFarBelow = pending <= options.MaxPendingRecords / 2 && partition.SetAsideBytes <= share / 2;
        if (isOver && !partition.IsHeld)
            LogHeld(
                partition.Partition.Topic,
                partition.Partition.Partition.Value,
                pending,
                partition.SetAsideBytes,
                partition.Offsets.OldestPending);
        partition.IsHeld = isOver || (partition.IsHeld && !isFarBelow);
    }

    private void Change(IReadOnlyCollection<PartitionState> partitions)
    {
        try
        {
            if (_toPause.Count > 0)
                consumer.Pause(_toPause);
            if (_toResume.Count > 0)
                consumer.Resume(_toResume);
            foreach (var partition in partitions)
                partition.IsPaused = IsPaused || partition.IsHeld;
        }
        catch (KafkaException exception)
        {
            // Some of them may have changed all the same: a later round tells all again.
            foreach (var partition in partitions)
                partition.IsPaused = null;
            LogNotChanged(exception.Error.Reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Loki does not keep up: {Bytes} bytes wait for it, partitions are paused")]
    private partial void LogPaused(long bytes);

    [LoggerMessage(LogLevel.Information, "Loki keeps up again: partitions are resumed")]
    private partial void LogResumed();

    [LoggerMessage(
        LogLevel.Warning,
        "{Topic} [{Partition}] is paused: {Pending} of its records are in doubt and {Bytes} bytes of them are set aside, for their streams "
        + "are at a limit of Loki's or their dead letters are not written; the record at offset {Offset} holds up the others")]
    private partial void LogHeld(string topic, int partition, long pending, long bytes, long offset);

    [LoggerMessage(LogLevel.Debug, "The assignment is changing, pausing or resuming is tried again: {Error}")]
    private partial void LogNotChanged(string error);
}
