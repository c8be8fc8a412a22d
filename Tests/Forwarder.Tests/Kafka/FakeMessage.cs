using Confluent.Kafka;

namespace Observability.Forwarder.Tests.Kafka;

/// <summary>What <see cref="FakeConsumer"/> hands out: a record, or an event of the consumer.</summary>
/// <param name="Partition">Topic and partition.</param>
/// <param name="Offset">The offset.</param>
internal sealed record FakeMessage(TopicPartition Partition, long Offset)
{
    /// <summary>The value: an array that the collector does not move.</summary>
    public byte[] Value { get; init; } = [];

    /// <summary>The key: an array that the collector does not move.</summary>
    public byte[]? Key { get; init; }

    public long Timestamp { get; init; } = 1_757_857_500_000;

    public IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers { get; init; }

    /// <summary>librdkafka's error code, or 0.</summary>
    public int Error { get; init; }

    public string ErrorText { get; init; } = "";

    /// <summary>Bytes that the collector does not move; at least one, so that an empty value still has an address.</summary>
    public static byte[] Pinned(ReadOnlySpan<byte> bytes)
    {
        var pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned);
        return pinned;
    }
}
