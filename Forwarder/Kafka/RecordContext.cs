namespace Observability.Forwarder.Kafka;

/// <summary>
/// The record being read: what its lines have in common, and its bytes, which stay where librdkafka has them. Reused
/// for every record, and valid while that one is read.
/// </summary>
internal sealed unsafe class RecordContext
{
    /// <summary>The partition it was read from.</summary>
    public PartitionState Partition { get; set; } = null!;

    /// <summary>Its offset there.</summary>
    public long Offset { get; set; }

    /// <summary>Its number in <see cref="PartitionState.Offsets"/>.</summary>
    public long Number { get; set; }

    /// <summary>Where the record first stood: its own partition and offset, or those of the record that a replayed dead letter was.</summary>
    public int OriginPartition { get; set; }

    /// <inheritdoc cref="OriginPartition"/>
    public long OriginOffset { get; set; }

    /// <summary>The place of the line being written within the record, from 0.</summary>
    public int LineIndex { get; set; }

    /// <summary>Kafka's timestamp of the record: Unix time in milliseconds.</summary>
    public long TimestampMilliseconds { get; set; }

    /// <summary>Its value, in memory that the reader keeps in place.</summary>
    public byte* Value { get; set; }

    /// <inheritdoc cref="Value"/>
    public int ValueLength { get; set; }

    /// <summary>Its key, or null.</summary>
    public byte* Key { get; set; }

    /// <inheritdoc cref="Key"/>
    public int KeyLength { get; set; }

    /// <summary>Its headers; <see langword="null"/> for none, the usual case.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers { get; set; }

    /// <summary>Bytes of its headers, names included.</summary>
    public int HeaderBytes { get; set; }

    /// <summary>Whether it has a key.</summary>
    public bool HasKey => Key != null;

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> ValueSpan => new(Value, ValueLength);

    /// <summary>The key; empty for none.</summary>
    public ReadOnlySpan<byte> KeySpan => new(Key, KeyLength);
}
