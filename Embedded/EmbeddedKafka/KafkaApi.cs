namespace Observability.Embedded.EmbeddedKafka;

/// <summary>Requests of the Kafka protocol that can be made to fail, by their API key
/// (<c>https://kafka.apache.org/protocol#protocol_api_keys</c>).</summary>
public enum KafkaApi : short
{
    /// <summary>A producer appends records.</summary>
    Produce = 0,

    /// <summary>A consumer reads records.</summary>
    Fetch = 1,

    /// <summary>A client asks for a partition's first or last offset.</summary>
    ListOffsets = 2,

    /// <summary>A client asks for topics, partitions and brokers.</summary>
    Metadata = 3,

    /// <summary>A consumer commits offsets.</summary>
    OffsetCommit = 8,

    /// <summary>A consumer reads the committed offsets of its group.</summary>
    OffsetFetch = 9,

    /// <summary>A client looks for a group's coordinator.</summary>
    FindCoordinator = 10,

    /// <summary>A consumer joins a group (classic protocol).</summary>
    JoinGroup = 11,

    /// <summary>A consumer tells that it is alive (classic protocol).</summary>
    Heartbeat = 12,

    /// <summary>A consumer leaves its group (classic protocol).</summary>
    LeaveGroup = 13,

    /// <summary>A consumer asks for its assignment (classic protocol).</summary>
    SyncGroup = 14,

    /// <summary>An idempotent producer asks for its id.</summary>
    InitProducerId = 22,

    /// <summary>A consumer joins, stays in or leaves a group (KIP-848 protocol).</summary>
    ConsumerGroupHeartbeat = 68,
}
