using Confluent.Kafka;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// One partition from its assignment to its revocation. An acknowledgement that arrives after the revocation finds
/// this object, not the one of a later assignment, and so can commit nothing.
/// </summary>
/// <param name="partition">Topic and number.</param>
/// <param name="format">How the topic's records are to be read.</param>
/// <param name="topic">The topic's counters.</param>
internal sealed class PartitionState(TopicPartition partition, RecordFormat format, TopicCounters topic)
{
    /// <summary>Topic and number.</summary>
    public TopicPartition Partition { get; } = partition;

    /// <summary>How the topic's records are to be read.</summary>
    public RecordFormat Format { get; } = format;

    /// <summary>The topic's counters.</summary>
    public TopicCounters Topic { get; } = topic;

    /// <summary>What the metrics show of this partition.</summary>
    public PartitionGauges Gauges { get; } = new(partition.Topic, partition.Partition.Value);

    /// <summary>What was read and what of it is done.</summary>
    public OffsetTracker Offsets { get; } = new();

    /// <summary>The offset last handed to librdkafka to commit, or -1.</summary>
    public long StoredOffset { get; set; } = -1;

    /// <summary>The offset of the record read last, or -1.</summary>
    public long LastOffset { get; set; } = -1;

    /// <summary>Whether the consumer has stopped reading this partition; see <see cref="FlowControl"/>.</summary>
    public bool IsPaused { get; set; }
}
