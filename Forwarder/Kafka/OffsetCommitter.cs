using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>Has librdkafka commit the offsets of what is done, and measures the lag.</summary>
internal sealed partial class OffsetCommitter(IRecordConsumer consumer, ILogger<OffsetCommitter> logger)
{
    /// <summary>Has the offset committed up to which everything is done, if it has moved.</summary>
    /// <param name="partition">The partition.</param>
    public void Commit(PartitionState partition)
    {
        var offset = partition.Offsets.NextOffset;
        if (offset == partition.HandedOffset && !partition.Offsets.HasSteppedBack)
            return;

        try
        {
            var done = new TopicPartitionOffset(partition.Partition, offset);
            if (partition.Offsets.HasSteppedBack)
                consumer.Commit(done);
            else
                consumer.StoreOffset(done);
            partition.HandedOffset = offset;
            partition.Offsets.HasSteppedBack = false;
        }
        catch (KafkaException exception)
        {
            // The assignment is just changing; its handler will come.
            LogChangingHands(partition.Partition.ToString(), exception.Error.Reason);
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
            LogChangingHands(partition.Partition.ToString(), exception.Error.Reason);
        }
    }

    // What was read is not done: the position would hide all that waits for Loki since the start.
    private long DoneOf(PartitionState partition) =>
        partition.Offsets.NextOffset >= 0 ? partition.Offsets.NextOffset
        : partition.Offsets.OldestPending >= 0 ? partition.Offsets.OldestPending
        : partition.Unreadable?.Offset ?? consumer.PositionOf(partition.Partition).Value;

    [LoggerMessage(LogLevel.Debug, "{Partition} is changing hands: {Error}")]
    private partial void LogChangingHands(string partition, string error);
}
