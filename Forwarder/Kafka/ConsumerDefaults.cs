using Confluent.Kafka;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// The consumer's settings. Whatever <c>Aspire:Confluent:Kafka:Consumer:Config</c> says wins, but for what the promise rests on; the sizes
/// that nobody set follow those that somebody did, since librdkafka refuses sizes that contradict each other.
/// </summary>
internal static class ConsumerDefaults
{
    /// <summary>
    /// Bytes of one answer to a fetch, as the broker sends them: compressed. All of it is decompressed at once, and logs of one program
    /// shrink to a thirtieth. But librdkafka goes twice through all partitions for each fetch, some 0.3 µs a partition.
    /// </summary>
    internal const int FetchBytes = 512 * 1024;

    /// <summary>Bytes of one partition in an answer to a fetch. A batch that is larger is sent all the same (KIP-74).</summary>
    internal const int PartitionFetchBytes = 128 * 1024;

    /// <summary>
    /// KiB of records that wait in librdkafka when it fetches no more: some 8,000 lines, ten milliseconds of work. A fetch adds to them.
    /// </summary>
    internal const int QueuedKibibytes = 2 * 1024;

    // librdkafka's defaults (CONFIGURATION.md).
    private const int DefaultMessageMaxBytes = 1_000_000;
    private const int LeastMessageMaxBytes = 1_000;
    private const int DefaultReceiveBytes = 100_000_000;

    // What librdkafka wants an answer's limit to have beyond that of a fetch, for the protocol's own bytes (rdkafka_conf.c).
    private const int ProtocolBytes = 512;

    /// <summary>The shortest session that a broker accepts by default (<c>group.min.session.timeout.ms</c>).</summary>
    private const int SessionMilliseconds = 6_000;

    /// <summary>Fills in what is not set.</summary>
    /// <param name="config">The consumer's settings.</param>
    /// <param name="options">The Forwarder's.</param>
    /// <param name="availableMemory">Bytes of memory that this process may use; see <see cref="ReceiveBytes"/>.</param>
    public static void Apply(ConsumerConfig config, ForwarderOptions options, long availableMemory)
    {
        config.GroupId ??= options.GroupId;
        config.AutoOffsetReset ??= AutoOffsetReset.Earliest;
        config.AutoCommitIntervalMs ??= (int)options.CommitInterval.TotalMilliseconds;
        config.ClientId ??= "forwarder";
        // Half of it is also how long a start waits for its second connection (rdkafka_conf.c, sparse_connect_intvl). It doubles with each
        // attempt in vain, up to ten seconds.
        config.ReconnectBackoffMs ??= 20;
        // A new group waits as long for the offsets to begin with (rdkafka_partition.c, rd_kafka_toppar_offset_request). It doubles, too.
        config.RetryBackoffMs ??= 20;
        ApplyGroup(config);
        ApplySizes(config, availableMemory);

        // librdkafka's at-least-once recipe (INTRODUCTION.md): it commits what was stored, and only finished work is stored.
        config.EnableAutoCommit = true;
        config.EnableAutoOffsetStore = false;
        config.EnablePartitionEof = false;
    }

    /// <summary>
    /// The limit of a decompressed batch (<c>receive.message.max.bytes</c> bounds it for zstd, <c>rdkafka_zstd.c</c>): half of the memory.
    /// A
    /// megabyte of lines that repeat themselves, the most that a broker takes by default, can become hundreds; librdkafka's 100 MB lets
    /// 44 MB of it pass, since the buffer grows threefold at a time.
    /// </summary>
    /// <param name="availableMemory">Bytes of memory that this process may use; a container's limit counts.</param>
    internal static int ReceiveBytes(long availableMemory) => (int)Math.Clamp(availableMemory / 2, DefaultReceiveBytes, int.MaxValue);

    private static void ApplyGroup(ConsumerConfig config)
    {
        // With the consumer protocol (KIP-848) the broker assigns, incrementally as well, and sets the session; a client's word on
        // either is an error.
        if (config.GroupProtocol == GroupProtocol.Consumer)
            return;

        config.PartitionAssignmentStrategy ??= PartitionAssignmentStrategy.CooperativeSticky;
        // After a SIGKILL the partitions stand until the dead member's session is over, 45 s by default. A static member gets its own
        // back at once, and its session is how long it may be away.
        if (config.GroupInstanceId is not null || config.SessionTimeoutMs is not null)
            return;

        config.SessionTimeoutMs = SessionMilliseconds;
        config.HeartbeatIntervalMs ??= SessionMilliseconds / 4;
    }

    private static void ApplySizes(ConsumerConfig config, long availableMemory)
    {
        config.QueuedMaxMessagesKbytes ??= Math.Max(QueuedKibibytes, (config.FetchMaxBytes ?? 0) / 1024);
        config.QueuedMinMessages ??= 50_000;
        // How long librdkafka stops fetching when it is that far ahead. Its second would be longer than what is ahead lasts.
        config.FetchQueueBackoffMs ??= 4;
        config.FetchMaxBytes ??= Math.Max(FetchBytes, config.MessageMaxBytes ?? 0);
        // No record is sent, but librdkafka wants an answer to have room for one.
        config.MessageMaxBytes ??= Math.Clamp(config.FetchMaxBytes.Value, LeastMessageMaxBytes, DefaultMessageMaxBytes);
        config.MaxPartitionFetchBytes ??= Math.Min(PartitionFetchBytes, config.FetchMaxBytes.Value);
        var largestAnswer = (long)config.FetchMaxBytes + ProtocolBytes;
        config.ReceiveMessageMaxBytes ??= (int)Math.Min(int.MaxValue, Math.Max(ReceiveBytes(availableMemory), largestAnswer));
    }
}
