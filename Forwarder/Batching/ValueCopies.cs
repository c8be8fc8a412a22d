using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Batching;

/// <summary>
/// Copies of the values of large records, each shared by all batches that hold lines of the record: one copy per batch would be
/// the record times its size in batches. Belongs to the consuming thread.
/// </summary>
internal sealed class ValueCopies
{
    /// <summary>Values shorter than this are copied into each batch, which allocates nothing.</summary>
    public const int Least = 256 * 1024;

    private PartitionState? _partition;
    private long _number;
    private byte[]? _value;

    /// <summary>The copy of a record's value.</summary>
    /// <param name="record">The record.</param>
    /// <param name="isNew">Whether it was made by this call, so that its bytes count for the batch that asks.</param>
    public byte[] Get(in KafkaRecord record, out bool isNew)
    {
        isNew = _value is null || _partition != record.Partition || _number != record.Number;
        if (isNew)
            (_partition, _number, _value) = (record.Partition, record.Number, record.ValueSpan.ToArray());
        return _value!;
    }

    /// <summary>Lets go of the copy: batches that need it still hold it.</summary>
    public void Clear() => (_partition, _value) = (null, null);
}
