using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>Hands finished offsets to librdkafka, which commits them, and measures the lag.</summary>
internal sealed partial class OffsetStore(IRecordConsumer consumer, ILogger<OffsetStore> logger)
{
    /// <summary>Stores the offset up to which everything is done, if it has moved.</summary>
    /// <param name="partition">The partition.</param>
    public void Store(PartitionState partition)
    {
        var offset = partition.Offsets.NextOffset;
        if (offset == partition.StoredOffset && !partition.Offsets.HasSteppedBack)
            return;

        try
        {
            var done = new TopicPartitionOffset(partition.Partition, offset);
            if (partition.Offsets.HasSteppedBack)
                consumer.Commit(done);
            else
                consumer.StoreOffset(done);
            partition.StoredOffset = offset;
            partition.Offsets.HasSteppedBack = false;
        }
        catch (KafkaException exception)
        {
            // The assignment is just changing; its handler will come.
            LogStoreFailed(partition.Partition.ToString(), exception.Error.Reason);
        }
    }

    /// <summary>
    /// Measures how many records lie between the end of a partition and what is done with, and how many of them are under way.
    /// </summary>
    /// <param name="partition">The partition.</param>
    public void MeasureLag(PartitionState partition)
    {
        partition.Gauges.Pending = partition.Offsets.Pending;
        try
        {
            var end = consumer.EndOf(partition.Partition).Value;
            var done = DoneOf(partition);
            if (end >= 0 && done >= 0)
                partition.Gauges.Lag = Math.Max(0, end - done);
        }
        catch (KafkaException exception)
        {
            LogStoreFailed(partition.Partition.ToString(), exception.Error.Reason);
        }
    }

    // What was read is not done: the position would hide all that waits for Loki since the start.
    private long DoneOf(PartitionState partition) =>
        partition.Offsets.NextOffset >= 0 ? partition.Offsets.NextOffset
        : partition.Offsets.OldestPending >= 0 ? partition.Offsets.OldestPending
        : partition.Unreadable?.Offset ?? consumer.PositionOf(partition.Partition).Value;

    [LoggerMessage(LogLevel.Debug, "{Partition} is changing hands: {Error}")]
    private partial void LogStoreFailed(string partition, string error);
}
