using Observability.Forwarder.Tracing;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// The record being read: what its lines have in common, and its bytes, which stay where librdkafka has them. Valid until
/// the next read.
/// </summary>
internal readonly unsafe struct KafkaRecord
{
    // What the objects of a header take, about.
    private const int HeaderOverhead = 100;

    /// <summary>The partition that the record was read from.</summary>
    public required PartitionState Partition { get; init; }

    /// <summary>The record's offset in that partition.</summary>
    public required long Offset { get; init; }

    /// <summary>The record's number in <see cref="PartitionState.Offsets"/>.</summary>
    public required long Number { get; init; }

    /// <summary>
    /// Where the record first stood: its own partition and offset, or those of the record that a replayed dead letter was.
    /// </summary>
    public required int OriginPartition { get; init; }

    /// <inheritdoc cref="OriginPartition"/>
    public required long OriginOffset { get; init; }

    /// <summary>The lines that are wanted of a replayed record, by their place in it; <see langword="null"/> for all, the usual
    /// case.</summary>
    public LineSet? Wanted { get; init; }

    /// <summary>Kafka's timestamp of the record: Unix time in milliseconds.</summary>
    public long TimestampMilliseconds { get; init; }

    /// <summary>The record's value, in memory that the reader keeps in place.</summary>
    public byte* Value { get; init; }

    /// <inheritdoc cref="Value"/>
    public int ValueLength { get; init; }

    /// <summary>The record's key, or null.</summary>
    public byte* Key { get; init; }

    /// <inheritdoc cref="Key"/>
    public int KeyLength { get; init; }

    /// <summary>The record's headers; <see langword="null"/> for none, the usual case.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers { get; init; }

    /// <summary>Bytes that the headers take in memory, names included.</summary>
    public int HeaderBytes { get; init; }

    /// <summary>The record's trace; <see langword="null"/> for none, the usual case.</summary>
    public RecordTrace? Trace { get; init; }

    /// <summary>Bytes that headers take in memory, names included.</summary>
    public static int SizeOf(IReadOnlyList<KeyValuePair<string, byte[]?>>? headers) =>
        headers?.Sum(header => header.Key.Length + (header.Value?.Length ?? 0) + HeaderOverhead) ?? 0;

    /// <summary>Whether the record has a key; an empty key is one.</summary>
    public bool HasKey => Key != null;

    /// <summary>Whether the record has a value; an empty one is one, that of a tombstone is none.</summary>
    public bool HasValue => Value != null;

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> ValueSpan => new(Value, ValueLength);

    /// <summary>The key; empty for none.</summary>
    public ReadOnlySpan<byte> KeySpan => new(Key, KeyLength);
}
