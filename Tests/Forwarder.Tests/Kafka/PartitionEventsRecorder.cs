using Confluent.Kafka;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Tests.Batching;

namespace Observability.Forwarder.Tests.Kafka;

/// <summary>Writes down what it is told.</summary>
internal sealed class PartitionEventsRecorder(PartitionAssignment assignment) : IPartitionEvents
{
    public List<string> Told { get; } = [];

    public int HeldAtLastRevocation { get; private set; } = -1;

    public PartitionState Create(TopicPartition partition) => TestPartition.Create(partition.Topic, partition.Partition);

    public void OnAssigned(IReadOnlyList<PartitionState> partitions) => Told.Add("assigned " + Numbers(partitions));

    public void OnRevoking(IReadOnlyList<PartitionState> partitions, bool areLost)
    {
        HeldAtLastRevocation = assignment.Partitions.Count;
        Told.Add((areLost ? "lost " : "revoked ") + Numbers(partitions));
    }

    private static string Numbers(IEnumerable<PartitionState> partitions) =>
        string.Join(",", partitions.Select(state => state.Partition.Partition.Value));
}
