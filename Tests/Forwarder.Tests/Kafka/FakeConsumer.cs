using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Kafka;

/// <summary>A consumer without a broker: a test says what a read gives and what happens meanwhile, and sees what was asked of it.</summary>
internal sealed unsafe class FakeConsumer : IRecordConsumer
{
    private readonly List<string> _topics = [];
    private readonly List<FakeMessage> _handed = [];
    private readonly NativeMessage[] _current = new NativeMessage[1];

    /// <summary>What the next read gives; emptied by it.</summary>
    public List<FakeMessage> Ready { get; } = [];

    /// <summary>Called within a read with its timeout: rebalances, time that passes.</summary>
    public Action<TimeSpan> OnRead { get; set; } = _ => { };

    /// <summary>Called before each change of the assignment's state; throws what the consumer would.</summary>
    public Action<string> OnCall { get; set; } = _ => { };

    /// <summary>What was asked, in order: <c>pause 0,1</c>, <c>store 0@42</c>, …</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Whether the assignment is just changing: nobody can say where a partition stands.</summary>
    public bool IsChanging { get; set; }

    /// <summary>How often a topic's name was asked for.</summary>
    public int NamesAsked { get; private set; }

    public Dictionary<TopicPartition, long> Ends { get; } = [];

    public Dictionary<TopicPartition, long> Positions { get; } = [];

    /// <summary>A value that stands for a topic, as librdkafka's pointer does.</summary>
    public nint HandleOf(string topic)
    {
        if (!_topics.Contains(topic))
            _topics.Add(topic);
        return _topics.IndexOf(topic) + 1;
    }

    public ref readonly NativeMessage this[int index]
    {
        get
        {
            var message = _handed[index];
            var key = message.Key is null ? null : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(message.Key));
            _current[0] = new NativeMessage(
                message.Error, HandleOf(message.Partition.Topic), message.Partition.Partition.Value, message.Offset, message.Value, key,
                message.Key?.Length ?? 0);
            return ref _current[0];
        }
    }

    /// <summary>Whether the last read was for one message alone.</summary>
    public bool WasForFirst { get; private set; }

    public int Read(TimeSpan timeout, bool onlyFirst = false)
    {
        WasForFirst = onlyFirst;
        _handed.Clear();
        OnRead(timeout);
        _handed.AddRange(Ready);
        Ready.Clear();
        return _handed.Count;
    }

    public string ErrorText(int index) => _handed[index].ErrorText;

    public long Timestamp(int index) => _handed[index].Timestamp;

    public IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers(int index) => _handed[index].Headers;

    public string TopicName(nint topic)
    {
        NamesAsked++;
        return _topics[(int)topic - 1];
    }

    public void Subscribe(IReadOnlyList<string> topics) => Call("subscribe " + string.Join(",", topics));

    public void Unsubscribe() => Call("unsubscribe");

    public void Detach()
    {
        _handed.Clear();
        Call("detach");
    }

    public void Pause(IEnumerable<TopicPartition> partitions) => Call("pause " + Numbers(partitions));

    public void Resume(IEnumerable<TopicPartition> partitions) => Call("resume " + Numbers(partitions));

    public void StoreOffset(TopicPartitionOffset offset) => Call($"store {offset.Partition.Value}@{offset.Offset.Value}");

    public void Commit(TopicPartitionOffset offset) => Call($"commit {offset.Partition.Value}@{offset.Offset.Value}");

    public void Seek(TopicPartitionOffset offset) => Call($"seek {offset.Partition.Value}@{offset.Offset.Value}");

    public Offset EndOf(TopicPartition partition) => Find(Ends, partition);

    public Offset PositionOf(TopicPartition partition) => Find(Positions, partition);

    private Offset Find(Dictionary<TopicPartition, long> offsets, TopicPartition partition) =>
        IsChanging ? throw new KafkaException(ErrorCode.Local_State)
        : offsets.TryGetValue(partition, out var offset) ? offset : Offset.Unset;

    private void Call(string call)
    {
        OnCall(call);
        Calls.Add(call);
    }

    private static string Numbers(IEnumerable<TopicPartition> partitions) =>
        string.Join(",", partitions.Select(partition => partition.Partition.Value));
}
