using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// The partitions that this instance holds. The consumer calls it when that changes, always on the thread that reads.
/// </summary>
internal sealed class PartitionAssignment
{
    private readonly Dictionary<TopicPartition, PartitionState> _partitions = [];
    private readonly Dictionary<(nint Topic, int Partition), PartitionState> _byHandle = [];
    private readonly HashSet<TopicPartition> _revokedSinceRead = [];

    /// <summary>Makes the state of a new partition.</summary>
    public Func<TopicPartition, PartitionState>? Create { get; set; }

    /// <summary>Is told what was assigned.</summary>
    public Action<IReadOnlyList<PartitionState>>? Assigned { get; set; }

    /// <summary>Is told what goes: here offsets can still be stored, unless the partitions are lost, i.e. somebody else's already.</summary>
    public Action<IReadOnlyList<PartitionState>, bool>? Revoking { get; set; }

    /// <summary>The partitions held.</summary>
    public IReadOnlyCollection<PartitionState> Partitions => _partitions.Values;

    /// <summary>
    /// Whether a partition went and came back within one read. What that read returned of it can be from before or after,
    /// and committing on its basis could skip records: the only safe way is to join the group anew.
    /// </summary>
    public bool IsAmbiguous { get; private set; }

    /// <summary>Call before every read.</summary>
    public void BeginRead()
    {
        _revokedSinceRead.Clear();
        IsAmbiguous = false;
    }

    /// <summary>Finds the partition of a record.</summary>
    /// <param name="topic">librdkafka's topic.</param>
    /// <param name="partition">The partition's number.</param>
    /// <returns>The state, or <see langword="null"/> when the partition is not held (any more).</returns>
    public PartitionState? Find(nint topic, int partition)
    {
        if (_byHandle.TryGetValue((topic, partition), out var state))
            return state;

        if (_partitions.TryGetValue(new TopicPartition(RecordReader.TopicName(topic), partition), out state))
            _byHandle.Add((topic, partition), state);
        return state;
    }

    /// <summary>The consumer's handler of assigned partitions.</summary>
    public void OnAssigned(List<TopicPartition> partitions)
    {
        _byHandle.Clear();
        List<PartitionState> added = [];
        foreach (var partition in partitions)
        {
            IsAmbiguous |= _revokedSinceRead.Contains(partition);
            var state = Create!(partition);
            _partitions[partition] = state;
            added.Add(state);
        }

        Assigned!(added);
    }

    /// <summary>The consumer's handler of revoked and of lost partitions.</summary>
    public void OnRevoked(IEnumerable<TopicPartition> partitions, bool areLost)
    {
        List<PartitionState> revoked = [];
        foreach (var partition in partitions)
        {
            if (_partitions.TryGetValue(partition, out var state))
                revoked.Add(state);
        }

        Revoking!(revoked, areLost);

        // librdkafka may free the topics' handles now.
        _byHandle.Clear();
        foreach (var state in revoked)
        {
            _partitions.Remove(state.Partition);
            _revokedSinceRead.Add(state.Partition);
        }
    }
}
