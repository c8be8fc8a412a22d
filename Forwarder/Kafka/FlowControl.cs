using Confluent.Kafka;
using Observability.Forwarder.Metrics;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// Keeps what waits for Loki within a budget: over it, nothing is read for a moment, and if that does not help the partitions
/// are paused until half of it is free again.
/// </summary>
/// <param name="consumer">Pauses and resumes.</param>
/// <param name="metrics">Is told when that changes.</param>
/// <param name="maxBytes">The budget in bytes.</param>
/// <param name="time">Tells how long the budget has been used up.</param>
/// <param name="logger">Is told as well.</param>
internal sealed partial class FlowControl(
    IRecordConsumer consumer, ForwarderMetrics metrics, long maxBytes, TimeProvider time, ILogger<FlowControl> logger)
{
    /// <summary>How long the budget may be used up before partitions are paused. A pause throws away what librdkafka has fetched ahead.</summary>
    internal static readonly TimeSpan PauseAfter = TimeSpan.FromSeconds(1);

    private long? _overBudgetSince;

    /// <summary>Whether all partitions are to stand still.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Decides what the loop does next, and pauses or resumes partitions.</summary>
    /// <param name="waitingBytes">Bytes that wait for Loki's answer.</param>
    /// <param name="partitions">The partitions held.</param>
    /// <returns>Whether to read; otherwise to wait for an answer. Whoever is paused reads all the same: it would be thrown out of the group after <c>max.poll.interval.ms</c>.</returns>
    public bool MayRead(long waitingBytes, IReadOnlyCollection<PartitionState> partitions)
    {
        if (waitingBytes >= maxBytes)
        {
            // Most such waits end with the next answer.
            _overBudgetSince ??= time.GetTimestamp();
            if (!IsPaused && time.GetElapsedTime(_overBudgetSince.Value) < PauseAfter)
                return false;

            if (!IsPaused)
                LogPaused(waitingBytes);
            IsPaused = true;
        }
        else if (waitingBytes < maxBytes / 2 || !IsPaused)
        {
            _overBudgetSince = null;
            if (IsPaused)
                LogResumed();
            IsPaused = false;
        }

        metrics.IsPaused = IsPaused;
        Apply(partitions);
        return true;
    }

    // A partition that was just assigned reads by itself, so it is looked at as well. After a failure the next round tries again.
    private void Apply(IReadOnlyCollection<PartitionState> partitions)
    {
        List<PartitionState>? changed = null;
        foreach (var partition in partitions)
        {
            if (partition.IsPaused != IsPaused)
                (changed ??= []).Add(partition);
        }

        if (changed is null)
            return;

        try
        {
            var names = changed.Select(partition => partition.Partition);
            if (IsPaused)
                consumer.Pause(names);
            else
                consumer.Resume(names);
            foreach (var partition in changed)
                partition.IsPaused = IsPaused;
        }
        catch (KafkaException exception)
        {
            LogNotChanged(exception.Error.Reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Loki does not keep up: {Bytes} bytes wait for it, partitions are paused")]
    private partial void LogPaused(long bytes);

    [LoggerMessage(LogLevel.Information, "Loki keeps up again: partitions are resumed")]
    private partial void LogResumed();

    [LoggerMessage(LogLevel.Debug, "The assignment is changing, pausing or resuming is tried again: {Error}")]
    private partial void LogNotChanged(string error);
}
