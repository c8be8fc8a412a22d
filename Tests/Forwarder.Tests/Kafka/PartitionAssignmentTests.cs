using Confluent.Kafka;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class PartitionAssignmentTests
{
    private static readonly TopicPartition First = new("logs", 0);
    private static readonly TopicPartition Second = new("logs", 1);

    private readonly PartitionAssignment _assignment = new();
    private readonly PartitionEventsRecorder _events;
    private readonly FakeConsumer _consumer = new();

    public PartitionAssignmentTests()
    {
        _events = new(_assignment);
        _assignment.Tell(_events);
    }

    [Fact]
    public void A_partition_that_comes_back_has_a_new_state()
    {
        _assignment.OnAssigned([First]);
        var before = _assignment.Partitions.Single();
        Assert.False(Reads(() => _assignment.OnRevoked([First], areLost: false)));

        Assert.False(Reads(() => _assignment.OnAssigned([First])));

        Assert.NotSame(before, _assignment.Partitions.Single());
    }

    [Fact]
    public void A_partition_that_goes_and_comes_back_within_one_read_makes_that_read_ambiguous()
    {
        _assignment.OnAssigned([First, Second]);

        Assert.True(Reads(() =>
        {
            _assignment.OnRevoked([First], areLost: false);
            _assignment.OnAssigned([First]);
        }));
        Assert.False(Reads(() => { }));
    }

    [Fact]
    public void Several_partitions_that_go_and_come_back_make_a_read_ambiguous()
    {
        _assignment.OnAssigned([First, Second]);

        Assert.True(Reads(() =>
        {
            _assignment.OnRevoked([First, Second], areLost: false);
            _assignment.OnAssigned([First, Second]);
        }));
    }

    [Fact]
    public void A_state_knows_when_its_partition_went()
    {
        _assignment.OnAssigned([First, Second]);
        var (gone, held) = (_assignment.Partitions.First(), _assignment.Partitions.Last());

        _assignment.OnRevoked([First], areLost: false);

        Assert.Equal((true, false), (gone.IsRevoked, held.IsRevoked));
    }

    [Fact]
    public void A_record_belongs_to_the_newest_state_of_its_partition()
    {
        var handle = _consumer.HandleOf("logs");
        _assignment.OnAssigned([First]);
        var before = _assignment.Find(_consumer, handle, 0);

        _assignment.OnAssigned([First]);

        Assert.NotSame(before, _assignment.Find(_consumer, handle, 0));
    }

    /// <summary>Else each record would make a string.</summary>
    [Fact]
    public void The_name_of_a_topic_is_asked_for_once_a_partition_and_not_for_each_record()
    {
        _assignment.OnAssigned([First, Second]);
        var handle = _consumer.HandleOf("logs");

        for (var record = 0; record < 10; record++)
            _assignment.Find(_consumer, handle, record % 2);

        Assert.Equal(2, _consumer.NamesAsked);
    }

    [Fact]
    public void Another_partition_that_comes_makes_no_read_ambiguous()
    {
        _assignment.OnAssigned([First]);

        Assert.False(Reads(() =>
        {
            _assignment.OnRevoked([First], areLost: false);
            _assignment.OnAssigned([Second]);
        }));
    }

    [Fact]
    public void The_state_is_still_held_while_its_revocation_is_told()
    {
        _assignment.OnAssigned([First, Second]);

        _assignment.OnRevoked([Second], areLost: true);

        Assert.Equal(2, _events.HeldAtLastRevocation);
        Assert.Equal(First, _assignment.Partitions.Single().Partition);
    }

    [Fact]
    public void What_was_never_held_is_not_told_as_revoked()
    {
        _assignment.OnAssigned([First]);
        _assignment.OnRevoked([Second, First], areLost: true);

        Assert.Equal(["assigned 0", "lost 0"], _events.Told);
    }

    [Fact]
    public void Records_of_several_partitions_in_any_order_are_each_ones_own()
    {
        _assignment.OnAssigned([First, Second]);
        var topic = _consumer.HandleOf("logs");

        foreach (var number in (int[])[0, 0, 1, 2, 1, 2, 2, 0, 1, 1])
        {
            var state = _assignment.Find(_consumer, topic, number);
            Assert.Equal(number < 2 ? number : null, state?.Partition.Partition.Value);
        }

        Assert.Null(_assignment.Find(_consumer, _consumer.HandleOf("other"), 1));
    }

    [Fact]
    public void A_record_of_a_partition_that_went_belongs_to_nobody()
    {
        _assignment.OnAssigned([First, Second]);
        var handle = _consumer.HandleOf("logs");
        Assert.NotNull(_assignment.Find(_consumer, handle, 0));

        _assignment.OnRevoked([First], areLost: false);

        Assert.Null(_assignment.Find(_consumer, handle, 0));
        Assert.Equal(Second, _assignment.Find(_consumer, handle, 1)!.Partition);
    }

    private bool Reads(Action meanwhile)
    {
        _consumer.OnRead = _ => meanwhile();
        _assignment.Read(_consumer, TimeSpan.Zero, onlyFirst: false, out var isAmbiguous);
        return isAmbiguous;
    }
}
