using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>What <see cref="PartitionAssignment"/> asks and tells whoever works on the partitions, on the thread that reads.</summary>
internal interface IPartitionEvents
{
    /// <summary>Makes the state of a new partition.</summary>
    /// <param name="partition">Topic and number.</param>
    PartitionState Create(TopicPartition partition);

    /// <summary>Partitions were assigned; they are among <see cref="PartitionAssignment.Partitions"/>.</summary>
    /// <param name="partitions">The new ones.</param>
    void OnAssigned(IReadOnlyList<PartitionState> partitions);

    /// <summary>
    /// Partitions go. They are still among <see cref="PartitionAssignment.Partitions"/>, and their offsets can still be committed unless
    /// they are lost.
    /// </summary>
    /// <param name="partitions">Those that go.</param>
    /// <param name="areLost">Whether they may be somebody else's already.</param>
    void OnRevoking(IReadOnlyList<PartitionState> partitions, bool areLost);
}
