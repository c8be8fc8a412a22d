using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// The partitions that this instance holds. The consumer calls it when that changes, always on the thread that reads,
/// and always within a read.
/// </summary>
/// <remarks>
/// A partition that goes and comes back within one read makes that read ambiguous. What can happen while
/// <c>rd_kafka_consume_batch_queue</c> fills its array, all in one call and on one thread:
/// <code>
///   1  the array gets records 50 and 51 of partition 0
///   2  "revoked 0" is served: 40 is committed, since 40 to 49 are still under way
///   3  "assigned 0" is served: a new state, which starts at the committed offset, 40
///   4  the array gets records 40, 41, 42 … of the new assignment
///   →  the answer is 50, 51, 40, 41, 42 …, and all five look like the new assignment's
/// </code>
/// The new state would count 50 and 51 as its first records, and commit 52 when they are stored: if the process ended then, 40 to 49
/// would be skipped. Nothing in a record says to which assignment it belongs, so the only safe way is to join the group anew.
/// </remarks>
internal sealed class PartitionAssignment
{
    private readonly Dictionary<TopicPartition, PartitionState> _partitions = [];
    private readonly Dictionary<(nint Topic, int Partition), PartitionState> _byHandle = [];
    private readonly HashSet<TopicPartition> _revokedInThisRead = [];
    // Records come in runs of one partition.
    private (nint Topic, int Partition) _last;
    private PartitionState? _lastState;
    private IPartitionEvents? _events;
    private bool _isAmbiguous;

    /// <summary>The partitions held.</summary>
    public IReadOnlyCollection<PartitionState> Partitions => _partitions.Values;

    /// <summary>Names who is told. Call once, before the first read.</summary>
    /// <param name="events">Who is told.</param>
    public void Tell(IPartitionEvents events) => _events = events;

    /// <summary>Reads records; what happens to the partitions meanwhile is told from within.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="timeout">How long to wait for a full batch of records.</param>
    /// <param name="onlyFirst">Whether to wait for one record alone.</param>
    /// <param name="isAmbiguous">Whether a partition went and came back meanwhile: see the remarks.</param>
    /// <returns>The number of records.</returns>
    public int Read(IRecordConsumer consumer, TimeSpan timeout, bool onlyFirst, out bool isAmbiguous)
    {
        _revokedInThisRead.Clear();
        _isAmbiguous = false;
        var count = consumer.Read(timeout, onlyFirst);
        isAmbiguous = _isAmbiguous;
        return count;
    }

    /// <summary>Finds the partition of a record.</summary>
    /// <param name="consumer">The consumer that has read the record.</param>
    /// <param name="topic">librdkafka's topic.</param>
    /// <param name="partition">The partition's number.</param>
    /// <returns>The state, or <see langword="null"/> when the partition is not held (any more).</returns>
    public PartitionState? Find(IRecordConsumer consumer, nint topic, int partition)
    {
        if (_lastState is not null && _last.Topic == topic && _last.Partition == partition)
            return _lastState;
        if (!_byHandle.TryGetValue((topic, partition), out var state)
            && _partitions.TryGetValue(new TopicPartition(consumer.TopicName(topic), partition), out state))
            _byHandle.Add((topic, partition), state);

        (_last, _lastState) = ((topic, partition), state);
        return state;
    }

    /// <summary>The consumer's handler of assigned partitions.</summary>
    public void OnAssigned(List<TopicPartition> partitions)
    {
        ForgetHandles();
        List<PartitionState> added = [];
        foreach (var partition in partitions)
        {
            _isAmbiguous |= _revokedInThisRead.Contains(partition);
            var state = _events!.Create(partition);
            _partitions[partition] = state;
            added.Add(state);
        }

        _events!.OnAssigned(added);
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

        _events!.OnRevoking(revoked, areLost);

        // librdkafka may free the topics' handles now.
        ForgetHandles();
        foreach (var state in revoked)
        {
            state.IsRevoked = true;
            _partitions.Remove(state.Partition);
            _revokedInThisRead.Add(state.Partition);
        }
    }

    private void ForgetHandles()
    {
        _byHandle.Clear();
        _lastState = null;
    }
}
