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
    public long HandedOffset { get; set; } = -1;

    /// <summary>The offset of the record read last, or -1.</summary>
    public long LastOffset { get; set; } = -1;

    /// <summary>
    /// Bytes of this partition that are set aside, so that they hold up no other: dead letters under way, and lines of streams at a limit.
    /// </summary>
    public long SetAsideBytes { get; set; }

    /// <summary>Whether the partition was revoked: what is still under way of it comes again, to whoever has it then.</summary>
    public bool IsRevoked { get; set; }

    /// <summary>Whether this partition alone stands still, since too much of it is in doubt; see <see cref="FlowControl"/>.</summary>
    public bool IsHeld { get; set; }

    /// <summary>What cannot be read at the partition's position, or <see langword="null"/>; see <see cref="StallWatch"/>.</summary>
    public UnreadableBatch? Unreadable { get; set; }

    /// <summary>When the partition last moved, in <see cref="TimeProvider.GetTimestamp"/> ticks.</summary>
    public long MovedAt { get; set; }

    /// <summary>Where the partition stood then: the offsets read and done.</summary>
    public (long Read, long Done) MovedTo { get; set; }

    /// <summary>
    /// Whether the consumer has stopped reading this partition; unknown after a call that failed, perhaps for another partition only.
    /// See <see cref="FlowControl"/>.
    /// </summary>
    public bool? IsPaused { get; set; } = false;
}
