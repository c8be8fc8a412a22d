using Observability.Embedded.EmbeddedKafka;

namespace Observability.Embedded.Tests.EmbeddedKafka;

public sealed class EmbeddedKafkaGroupTests : IDisposable
{
    private const int Partitions = 6;

    private readonly EmbeddedKafkaBroker _broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions
    {
        Topics = { [KafkaClients.Topic] = Partitions },
        ConsumerProtocolSessionTimeout = TimeSpan.FromSeconds(2),
        ConsumerProtocolHeartbeatInterval = TimeSpan.FromMilliseconds(100),
    });

    public static TheoryData<GroupKind> Kinds => [GroupKind.Range, GroupKind.CooperativeSticky, GroupKind.Consumer];

    public void Dispose() => _broker.Dispose();

    [Theory(Timeout = 60_000), MemberData(nameof(Kinds))]
    public async Task A_second_member_gets_half_of_the_partitions(GroupKind kind)
    {
        var ct = TestContext.Current.CancellationToken;
        using var first = _broker.JoinGroup(kind);
        await first.HasPartitionsAsync(Partitions, ct);

        using var second = _broker.JoinGroup(kind);

        await second.HasPartitionsAsync(Partitions / 2, ct);
        await first.HasPartitionsAsync(Partitions / 2, ct);
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Kinds))]
    public async Task The_partitions_of_a_member_that_leaves_go_to_the_other(GroupKind kind)
    {
        var ct = TestContext.Current.CancellationToken;
        using var stays = _broker.JoinGroup(kind);
        using var leaves = _broker.JoinGroup(kind);
        await leaves.HasPartitionsAsync(Partitions / 2, ct);

        await leaves.LeaveAsync();

        await stays.HasPartitionsAsync(Partitions, ct);
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Kinds))]
    public async Task The_partitions_of_a_member_that_dies_go_to_the_other_after_the_session_timeout(GroupKind kind)
    {
        var ct = TestContext.Current.CancellationToken;
        using var survives = _broker.JoinGroup(kind);
        using var dies = _broker.JoinGroup(kind);
        await dies.HasPartitionsAsync(Partitions / 2, ct);

        await dies.DieAsync();

        await survives.HasPartitionsAsync(Partitions, ct);
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Kinds))]
    public async Task A_restarted_member_reads_on_where_it_left_off(GroupKind kind)
    {
        var ct = TestContext.Current.CancellationToken;
        using var producer = _broker.CreateProducer();
        await producer.ProduceAsync(KafkaClients.Topic, new() { Value = "before" }, ct);
        using (var member = _broker.JoinGroup(kind))
        {
            await member.HasReadAsync(1, ct);
            await member.LeaveAsync();
        }

        await producer.ProduceAsync(KafkaClients.Topic, new() { Value = "after" }, ct);
        using var restarted = _broker.JoinGroup(kind);
        await restarted.HasReadAsync(1, ct);

        Assert.Equal(["after"], restarted.Values);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_static_member_of_the_consumer_protocol_gets_its_partitions_back_without_a_rebalance()
    {
        var ct = TestContext.Current.CancellationToken;
        using var other = _broker.JoinGroup(instanceId: "other");
        using var before = _broker.JoinGroup(instanceId: "restarts");
        await before.HasPartitionsAsync(Partitions / 2, ct);
        await other.HasPartitionsAsync(Partitions / 2, ct);
        var (had, otherHad) = (before.Partitions, other.Partitions);

        await before.LeaveAsync();
        using var after = _broker.JoinGroup(instanceId: "restarts");
        await after.HasPartitionsAsync(Partitions / 2, ct);

        Assert.Equal(had.Order(), after.Partitions.Order());
        Assert.Equal(otherHad.Order(), other.Partitions.Order());
    }
}
