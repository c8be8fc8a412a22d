using Confluent.Kafka;
using Observability.Embedded.EmbeddedKafka;

namespace Observability.Embedded.Tests.EmbeddedKafka;

/// <summary>Clients of an embedded broker, set up alike in all tests.</summary>
internal static class KafkaClients
{
    public const string Topic = "lines";

    public static IProducer<Null, string> CreateProducer(this EmbeddedKafkaBroker broker, Action<ProducerConfig>? configure = null)
    {
        var config = new ProducerConfig { BootstrapServers = broker.BootstrapServers, LingerMs = 5 };
        configure?.Invoke(config);
        return new ProducerBuilder<Null, string>(config).SetLogHandler((_, _) => { }).Build();
    }

    public static GroupMember JoinGroup(this EmbeddedKafkaBroker broker, GroupKind kind = GroupKind.Consumer, string? instanceId = null) =>
        new(broker.GroupConfig(kind, instanceId), Topic);

    public static ConsumerConfig GroupConfig(this EmbeddedKafkaBroker broker, GroupKind kind, string? instanceId = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = "group",
            GroupInstanceId = instanceId,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            AutoCommitIntervalMs = 50,
            FetchWaitMaxMs = 20,
        };
        if (kind == GroupKind.Consumer)
        {
            config.GroupProtocol = GroupProtocol.Consumer;
        }
        else
        {
            // The mock's join window is session.timeout.ms less one second.
            config.SessionTimeoutMs = 2000;
            config.HeartbeatIntervalMs = 100;
            config.PartitionAssignmentStrategy = kind == GroupKind.Range
                ? PartitionAssignmentStrategy.Range
                : PartitionAssignmentStrategy.CooperativeSticky;
        }

        return config;
    }

    /// <summary>Reads a topic from its beginning to its end, outside of any group, and expects <paramref name="count"/> records
    /// there.</summary>
    public static async Task<List<ConsumeResult<Ignore, string>>> ReadAllAsync(this EmbeddedKafkaBroker broker, int count,
        CancellationToken ct)
    {
        var partitions = await broker.GetWatermarksAsync(Topic);
        var held = partitions.Values.Sum(offsets => offsets.High - offsets.Low);
        Assert.True(held >= count,
            $"the topic holds {held} of {count} records: {string.Join(", ", partitions.Select(p => $"{p.Key.Partition.Value}: {p.Value.Low}–{p.Value.High}"))}");
        return await Task.Run(
            () =>
            {
                var config = new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "unused", FetchWaitMaxMs = 20 };
                using var consumer = new ConsumerBuilder<Ignore, string>(config).SetLogHandler((_, _) => { }).Build();
                consumer.Assign(partitions.Keys.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
                var results = new List<ConsumeResult<Ignore, string>>(count);
                while (results.Count < count)
                    results.Add(consumer.Consume(ct));
                return results;
            },
            ct);
    }
}
