using System.Runtime.CompilerServices;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Batching;

/// <summary>One record whose lines, or some of them, are in a batch; and what it takes to make a dead letter of it.</summary>
internal struct BatchRecord
{
    public PartitionState Partition;

    /// <summary>Its number in <see cref="PartitionState.Offsets"/>.</summary>
    public long Number;

    public long Offset;

    /// <summary>Where the record first stood: its own partition and offset, or those of the record that a replayed dead letter
    /// was.</summary>
    public int OriginPartition;

    /// <inheritdoc cref="OriginPartition"/>
    public long OriginOffset;

    /// <summary>The value of a large record, shared with other batches; otherwise <see langword="null"/>.</summary>
    public byte[]? SharedValue;

    /// <summary>Kafka's timestamp: Unix time in milliseconds.</summary>
    public long TimestampMilliseconds;

    /// <summary>Where value and key start in the batch's record bytes. A value of one whole line is not kept twice: see
    /// <see cref="ValueIsLine"/>.</summary>
    public int ValueStart;

    public int ValueLength;

    public int KeyLength;

    public bool HasKey;

    /// <summary>Whether the value is what the record's only line in this batch says.</summary>
    public bool ValueIsLine;

    /// <summary>Lines of it in this batch.</summary>
    public int Lines;

    /// <summary>Bytes of those lines.</summary>
    public long LineBytes;

    /// <summary>Those of them that Loki has refused for good.</summary>
    public int DeadLines;

    /// <summary>Those of them that are set aside, since their stream is at a limit.</summary>
    public int LateLines;

    public IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers;

    /// <summary>Memory that is kept of it beside its lines, in bytes.</summary>
    public readonly long Bytes => Unsafe.SizeOf<BatchRecord>() + ValueLength + KeyLength + (SharedValue?.Length ?? 0)
        + KafkaRecord.SizeOf(Headers);
}
