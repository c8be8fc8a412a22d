using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// One partition from its assignment to its revocation. An acknowledgement that arrives after the revocation finds
/// this object, not the one of a later assignment, and so can commit nothing.
/// </summary>
internal sealed class PartitionState(TopicPartition partition, TopicState topic)
{
    private long _lag;

    public TopicPartition Partition { get; } = partition;

    public TopicState Topic { get; } = topic;

    public OffsetTracker Offsets { get; } = new();

    /// <summary>The offset last handed to librdkafka to commit, or -1.</summary>
    public long StoredOffset { get; set; } = -1;

    /// <summary>The offset of the record read last, or -1.</summary>
    public long LastOffset { get; set; } = -1;

    /// <summary>Records between the high watermark and the committed prefix; read by the metrics' thread.</summary>
    public long Lag
    {
        get => Volatile.Read(ref _lag);
        set => Volatile.Write(ref _lag, value);
    }
}
