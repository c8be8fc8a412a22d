using Confluent.Kafka;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Tests.Batching;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class PartitionAssignmentTests
{
    private static readonly TopicPartition First = new("logs", 0);
    private static readonly TopicPartition Second = new("logs", 1);

    private readonly List<string> _told = [];
    private readonly PartitionAssignment _assignment;

    public PartitionAssignmentTests() => _assignment = new()
    {
        Create = partition => TestPartition.Create(partition.Topic, partition.Partition),
        Assigned = states => _told.Add("assigned " + string.Join(",", states.Select(state => state.Partition.Partition.Value))),
        Revoking = (states, lost) => _told.Add((lost ? "lost " : "revoked ") + string.Join(",", states.Select(state => state.Partition.Partition.Value))),
    };

    [Fact]
    public void A_partition_that_comes_back_has_a_new_state()
    {
        _assignment.OnAssigned([First]);
        var before = _assignment.Partitions.Single();
        _assignment.OnRevoked([First], areLost: false);
        _assignment.BeginRead();
        _assignment.OnAssigned([First]);

        Assert.NotSame(before, _assignment.Partitions.Single());
        Assert.False(_assignment.IsAmbiguous);
    }

    [Fact]
    public void A_partition_that_goes_and_comes_back_within_one_read_is_ambiguous()
    {
        _assignment.OnAssigned([First, Second]);
        _assignment.BeginRead();
        _assignment.OnRevoked([First], areLost: false);
        Assert.False(_assignment.IsAmbiguous);

        _assignment.OnAssigned([First]);

        Assert.True(_assignment.IsAmbiguous);
        _assignment.BeginRead();
        Assert.False(_assignment.IsAmbiguous);
    }

    [Fact]
    public void The_state_is_still_held_while_its_revocation_is_told()
    {
        var held = -1;
        _assignment.OnAssigned([First, Second]);
        _assignment.Revoking = (_, _) => held = _assignment.Partitions.Count;

        _assignment.OnRevoked([Second], areLost: true);

        Assert.Equal(2, held);
        Assert.Equal(First, _assignment.Partitions.Single().Partition);
    }

    [Fact]
    public void What_was_never_held_is_not_told_as_revoked()
    {
        _assignment.OnAssigned([First]);
        _assignment.OnRevoked([Second, First], areLost: true);

        Assert.Equal(["assigned 0", "lost 0"], _told);
    }
}
