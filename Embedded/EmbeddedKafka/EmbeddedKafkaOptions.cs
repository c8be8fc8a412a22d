namespace Observability.Embedded.EmbeddedKafka;

/// <summary>What an <see cref="EmbeddedKafkaBroker"/> starts with.</summary>
public sealed class EmbeddedKafkaOptions
{
    /// <summary>
    /// Partitions that a topic gets unless it says otherwise: 12. The broker keeps the newest 5 MiB of each
    /// (<see cref="EmbeddedKafkaBroker.RetentionBytesPerPartition"/>), so 12 hold 60 MiB: three minutes of 1,000
    /// lines of 300 bytes a second, uncompressed and with every producer batch's header.
    /// </summary>
    public const int DefaultPartitions = 12;

    /// <summary>Topics to create, with the number of partitions of each.</summary>
    public IDictionary<string, int> Topics { get; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Number of brokers, 1 to 100. Their ids are 1, 2, 3 and so on.</summary>
    public int Brokers { get; set; } = 1;

    /// <summary>
    /// Port of the first broker on 127.0.0.1, the others take the next ones; 0 lets the system choose. librdkafka can only listen
    /// on a port of the system's choice, so a fixed one is a relay in this process, and all traffic goes through it.
    /// </summary>
    public int Port { get; set; }

    /// <summary>How long a group waits for more members when the first one joins (classic protocol). Kafka's own default is 3 s.</summary>
    public TimeSpan GroupInitialRebalanceDelay { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// Silence after which a member of a group that uses the KIP-848 protocol (<c>group.protocol=consumer</c>) is taken for dead.
    /// The classic protocol takes each client's <c>session.timeout.ms</c> instead.
    /// </summary>
    public TimeSpan ConsumerProtocolSessionTimeout { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Interval at which members of a group that uses the KIP-848 protocol send heartbeats, which is also how fast they learn of a
    /// new assignment.</summary>
    public TimeSpan ConsumerProtocolHeartbeatInterval { get; set; } = TimeSpan.FromMilliseconds(200);
}
