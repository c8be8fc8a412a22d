using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Batching;

/// <summary>A record in memory that stays in place, as librdkafka's does.</summary>
internal sealed class TestRecord
{
    private readonly byte[] _value;
    private readonly byte[] _key;

    public unsafe TestRecord(
        PartitionState partition,
        long offset,
        ReadOnlySpan<byte> value,
        byte[]? key = null,
        long timestampMilliseconds = 1_757_857_500_000,
        (int Partition, long Offset)? origin = null,
        IReadOnlyList<KeyValuePair<string, byte[]?>>? headers = null,
        LineSet? wanted = null)
    {
        _value = Pin(value);
        _key = Pin(key);
        Record = new KafkaRecord
        {
            Partition = partition,
            Offset = offset,
            Number = partition.Offsets.Begin(offset),
            OriginPartition = origin?.Partition ?? partition.Partition.Partition.Value,
            OriginOffset = origin?.Offset ?? offset,
            TimestampMilliseconds = timestampMilliseconds,
            Value = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_value)),
            ValueLength = value.Length,
            Key = key is null ? null : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_key)),
            KeyLength = key?.Length ?? 0,
            Headers = headers,
            Wanted = wanted,
        };
    }

    public KafkaRecord Record { get; }

    /// <summary>The value where it is, so that a line of it is known as the whole of it.</summary>
    public ReadOnlySpan<byte> Value => Record.ValueSpan;

    // At least one byte: an empty key is still a key.
    private static byte[] Pin(ReadOnlySpan<byte> bytes)
    {
        var pinned = GC.AllocateArray<byte>(bytes.Length + 1, pinned: true);
        bytes.CopyTo(pinned);
        return pinned;
    }
}
