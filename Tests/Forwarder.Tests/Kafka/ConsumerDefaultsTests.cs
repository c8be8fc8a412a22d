using Confluent.Kafka;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class ConsumerDefaultsTests
{
    private const long Mebibyte = 1024 * 1024;

    public static TheoryData<ConsumerConfig> Configurations => new(
        new ConsumerConfig(),
        new ConsumerConfig { FetchMaxBytes = 50_000_000 },
        new ConsumerConfig { FetchMaxBytes = 2_000_000_000 },
        new ConsumerConfig { FetchMaxBytes = 1_000_000, MaxPartitionFetchBytes = 2_000_000 },
        new ConsumerConfig { MessageMaxBytes = 20_000_000 },
        new ConsumerConfig { FetchMaxBytes = 100_000 },
        new ConsumerConfig { QueuedMaxMessagesKbytes = 100 },
        new ConsumerConfig { GroupInstanceId = "one" },
        new ConsumerConfig { SessionTimeoutMs = 30_000 },
        new ConsumerConfig { GroupProtocol = GroupProtocol.Consumer });

    /// <summary>librdkafka checks that its settings agree when the client is made.</summary>
    [Theory]
    [MemberData(nameof(Configurations))]
    public void The_client_accepts_the_defaults_beside_what_a_user_has_set(ConsumerConfig config)
    {
        config.BootstrapServers = "127.0.0.1:1";
        ConsumerDefaults.Apply(config, new ForwarderOptions(), 512 * Mebibyte);

        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();

        Assert.NotEmpty(consumer.Name);
    }

    public static TheoryData<ConsumerConfig> Choices => new(
        new ConsumerConfig
        {
            GroupId = "mine",
            AutoOffsetReset = AutoOffsetReset.Latest,
            AutoCommitIntervalMs = 77,
            ClientId = "me",
            ReconnectBackoffMs = 88,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range,
            HeartbeatIntervalMs = 99,
            QueuedMinMessages = 3,
            QueuedMaxMessagesKbytes = 7,
            FetchQueueBackoffMs = 4,
            FetchMaxBytes = 3_000_000,
            MaxPartitionFetchBytes = 5,
            ReceiveMessageMaxBytes = 4_000_000,
        },
        new ConsumerConfig { SessionTimeoutMs = 10_000 });

    [Theory]
    [MemberData(nameof(Choices))]
    public void What_a_user_has_set_stays(ConsumerConfig config)
    {
        var choice = config.ToList();

        ConsumerDefaults.Apply(config, new ForwarderOptions(), 512 * Mebibyte);

        Assert.All(choice, setting => Assert.Equal(setting.Value, config.Get(setting.Key)));
    }

    [Fact]
    public void A_users_session_has_the_clients_own_heartbeat()
    {
        var config = new ConsumerConfig { SessionTimeoutMs = 10_000 };

        ConsumerDefaults.Apply(config, new ForwarderOptions(), 512 * Mebibyte);

        Assert.Null(config.HeartbeatIntervalMs);
    }

    [Fact]
    public void Left_alone_the_client_has_a_name_a_quick_heartbeat_and_no_event_at_each_end_of_a_partition()
    {
        var config = new ConsumerConfig();

        ConsumerDefaults.Apply(config, new ForwarderOptions(), 512 * Mebibyte);

        Assert.Equal(("forwarder", false), (config.ClientId, config.EnablePartitionEof));
        // A third of the session at the most, says Kafka: two of them may be lost.
        Assert.InRange(config.HeartbeatIntervalMs!.Value, 1, config.SessionTimeoutMs!.Value / 3);
    }

    [Theory]
    [InlineData(null, null, 2048, 512 * 1024, 128 * 1024, 256 * 1024 * 1024)]
    [InlineData(50_000_000, null, 48_828, 50_000_000, 128 * 1024, 256 * 1024 * 1024)]
    [InlineData(100_000, null, 2048, 100_000, 100_000, 256 * 1024 * 1024)]
    [InlineData(null, 20_000_000, 2048, 20_000_000, 128 * 1024, 256 * 1024 * 1024)]
    [InlineData(2_000_000_000, null, 1_953_125, 2_000_000_000, 128 * 1024, 2_000_000_512)]
    public void The_sizes_that_nobody_set_follow_those_that_somebody_did(
        int? fetch, int? message, int queued, int expectedFetch, int partition, int receive)
    {
        var config = new ConsumerConfig { FetchMaxBytes = fetch, MessageMaxBytes = message };

        ConsumerDefaults.Apply(config, new ForwarderOptions(), 512 * Mebibyte);

        Assert.Equal((queued, expectedFetch, partition, receive),
            (config.QueuedMaxMessagesKbytes, config.FetchMaxBytes, config.MaxPartitionFetchBytes, config.ReceiveMessageMaxBytes));
    }

    [Fact]
    public void What_the_promise_rests_on_is_not_a_users_choice()
    {
        var config = new ConsumerConfig { EnableAutoCommit = false, EnableAutoOffsetStore = true };

        ConsumerDefaults.Apply(config, new ForwarderOptions(), 512 * Mebibyte);

        Assert.Equal((true, false), (config.EnableAutoCommit, config.EnableAutoOffsetStore));
    }

    /// <summary>librdkafka asks for as much as a record could have unless it is told otherwise, and decompresses it at once.</summary>
    [Theory]
    [InlineData(null, ConsumerDefaults.FetchBytes)]
    [InlineData(3_000_000, 3_000_000)]
    public void An_answer_to_a_fetch_is_small_unless_records_are_larger(int? messageMaxBytes, int expected)
    {
        var config = new ConsumerConfig { MessageMaxBytes = messageMaxBytes };

        ConsumerDefaults.Apply(config, new ForwarderOptions(), 512 * Mebibyte);

        Assert.Equal(expected, config.FetchMaxBytes);
        Assert.Equal(expected, config.MessageMaxBytes);
    }

    [Theory]
    [InlineData(64, 100_000_000)]
    [InlineData(512, 256 * 1024 * 1024)]
    [InlineData(64 * 1024, int.MaxValue)]
    public void A_batch_may_take_half_of_the_memory(long mebibytes, int expected) =>
        Assert.Equal(expected, ConsumerDefaults.ReceiveBytes(mebibytes * Mebibyte));

    [Theory]
    [InlineData(null, null, 6_000)]
    [InlineData("one", null, null)]
    [InlineData(null, GroupProtocol.Consumer, null)]
    public void A_killed_members_partitions_are_free_after_six_seconds_unless_it_is_static_or_the_broker_sets_the_session(string? instance,
        GroupProtocol? protocol, int? expected)
    {
        var config = new ConsumerConfig { GroupInstanceId = instance, GroupProtocol = protocol };

        ConsumerDefaults.Apply(config, new ForwarderOptions(), 512 * Mebibyte);

        Assert.Equal(expected, config.SessionTimeoutMs);
    }
}
