using System.Reflection;
using Confluent.Kafka;

namespace Observability.Forwarder.Tests.Replay;

/// <summary>A consumer of a topic in memory that remembers each commit.</summary>
#pragma warning disable CA1852 // The proxy derives from it.
internal class FakeTopic : DispatchProxy
#pragma warning restore CA1852
{
    private readonly Dictionary<TopicPartition, List<Message<byte[], byte[]>>> _partitions = [];
    private readonly Dictionary<TopicPartition, Offset> _committed = [];
    private TopicPartition? _assigned;
    private Offset _position;

    /// <summary>The offset before which the topic's retention has deleted all.</summary>
    public long Low { get; set; }

    /// <summary>Whether the broker gives nothing.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Where reading began, in turn.</summary>
    public List<TopicPartitionOffset> Starts { get; } = [];

    /// <summary>What was committed, in turn.</summary>
    public List<TopicPartitionOffset> Commits { get; } = [];

    public IReadOnlyList<TopicPartition> Partitions => [.. _partitions.Keys];

    public static (IConsumer<byte[], byte[]> Consumer, FakeTopic Topic) Create()
    {
        var consumer = Create<IConsumer<byte[], byte[]>, FakeTopic>();
        return (consumer, (FakeTopic)(object)consumer);
    }

    public void Append(int partition, Message<byte[], byte[]> message)
    {
        var target = new TopicPartition("dead-letters", partition);
        if (!_partitions.TryGetValue(target, out var messages))
            _partitions.Add(target, messages = []);
        messages.Add(message);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod?.Name, args)
        {
            case (nameof(IConsumer<byte[], byte[]>.QueryWatermarkOffsets), [TopicPartition partition, ..]):
                return new WatermarkOffsets(Low, _partitions[partition].Count);
            case (nameof(IConsumer<byte[], byte[]>.Committed), [IEnumerable<TopicPartition> partitions, ..]):
                return partitions.Select(partition =>
                    new TopicPartitionOffset(partition, _committed.GetValueOrDefault(partition, Offset.Unset))).ToList();
            case (nameof(IConsumer<byte[], byte[]>.Assign), [TopicPartitionOffset start]):
                (_assigned, _position) = (start.TopicPartition, start.Offset);
                Starts.Add(start);
                return null;
            case (nameof(IConsumer<byte[], byte[]>.Consume), _):
                return IsSilent ? null : new ConsumeResult<byte[], byte[]>
                {
                    TopicPartitionOffset = new(_assigned!, _position),
                    Message = _partitions[_assigned!][(int)(_position++).Value],
                };
            case (nameof(IConsumer<byte[], byte[]>.Commit), [IEnumerable<TopicPartitionOffset> offsets]):
                foreach (var offset in offsets)
                {
                    Commits.Add(offset);
                    _committed[offset.TopicPartition] = offset.Offset;
                }

                return null;
            default:
                throw new NotSupportedException(targetMethod?.Name);
        }
    }
}
