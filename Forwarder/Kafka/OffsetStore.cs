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
        if (offset == partition.StoredOffset)
            return;

        try
        {
            consumer.StoreOffset(new TopicPartitionOffset(partition.Partition, offset));
            partition.StoredOffset = offset;
        }
        catch (KafkaException exception)
        {
            // The assignment is just changing; its handler will come.
            LogStoreFailed(partition.Partition.ToString(), exception.Error.Reason);
        }
    }

    /// <summary>Measures how many records lie between the end of a partition and what is done with.</summary>
    /// <param name="partition">The partition.</param>
    public void MeasureLag(PartitionState partition)
    {
        try
        {
            var end = consumer.EndOf(partition.Partition).Value;
            var done = partition.Offsets.NextOffset >= 0 ? partition.Offsets.NextOffset : consumer.PositionOf(partition.Partition).Value;
            if (end >= 0 && done >= 0)
                partition.Gauges.Lag = Math.Max(0, end - done);
        }
        catch (KafkaException exception)
        {
            LogStoreFailed(partition.Partition.ToString(), exception.Error.Reason);
        }
    }

    [LoggerMessage(LogLevel.Debug, "{Partition} is changing hands: {Error}")]
    private partial void LogStoreFailed(string partition, string error);
}
