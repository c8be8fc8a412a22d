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

    // Weak: what no batch holds any more may go, though the record is still being taken apart; and what one holds is not copied again.
    private readonly WeakReference<byte[]?> _value = new(null);
    private PartitionState? _partition;
    private long _number;

    /// <summary>The copy of a record's value.</summary>
    /// <param name="record">The record.</param>
    /// <param name="isNew">Whether it was made by this call, so that its bytes count for the batch that asks.</param>
    public byte[] Get(in KafkaRecord record, out bool isNew)
    {
        if (_partition == record.Partition && _number == record.Number && _value.TryGetTarget(out var value))
        {
            isNew = false;
            return value;
        }

        isNew = true;
        value = record.ValueSpan.ToArray();
        (_partition, _number) = (record.Partition, record.Number);
        _value.SetTarget(value);
        return value;
    }
}
