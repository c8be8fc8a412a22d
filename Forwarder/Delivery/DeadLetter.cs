using Observability.Forwarder.Batching;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Delivery;

/// <summary>A record on its way to the dead-letter topic, with all of its lines that were refused.</summary>
internal sealed class DeadLetter
{
    // What its objects take beside the bytes that they hold, here and in the producer.
    private const int Overhead = 1024;

    // Every further line shares the words of one of these: Loki's are 200 bytes a line.
    private const int MaxWords = 1000;

    private byte[] _text = [];
    private int _used;

    /// <summary>Takes a record from a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="recordIndex">The record, as a place in the batch's records.</param>
    public DeadLetter(Batch batch, int recordIndex)
    {
        ref readonly var record = ref batch.Records[recordIndex];
        (Partition, Number) = (record.Partition, record.Number);
        Origin = (record.OriginPartition, record.OriginOffset);
        TimestampMilliseconds = record.TimestampMilliseconds;
        (Key, Value, Headers) = (batch.KeyOf(recordIndex), batch.ValueOf(recordIndex), record.Headers);
        Bytes = Measure();
    }

    /// <summary>Takes a record that never got as far as a line.</summary>
    /// <param name="record">The record.</param>
    /// <param name="reason">Why, as a metric's label value.</param>
    /// <param name="words">Why.</param>
    public DeadLetter(in KafkaRecord record, string reason, string words)
    {
        (Partition, Number) = (record.Partition, record.Number);
        Origin = (record.OriginPartition, record.OriginOffset);
        TimestampMilliseconds = record.TimestampMilliseconds;
        Key = record.HasKey ? record.KeySpan.ToArray() : null;
        Value = record.HasValue ? record.ValueSpan.ToArray() : null;
        Headers = record.Headers;
        (Reason, Words) = (reason, words);
        Bytes = Measure();
    }

    /// <summary>The partition that the record was read from.</summary>
    public PartitionState Partition { get; }

    /// <summary>The record's number in <see cref="PartitionState.Offsets"/>.</summary>
    public long Number { get; }

    /// <summary>Where the record first stood.</summary>
    public (int Partition, long Offset) Origin { get; }

    /// <summary>Kafka's timestamp of the record: Unix time in milliseconds.</summary>
    public long TimestampMilliseconds { get; }

    /// <summary>The record's key, or <see langword="null"/>.</summary>
    public byte[]? Key { get; }

    /// <summary>The record's value, or <see langword="null"/>.</summary>
    public byte[]? Value { get; }

    /// <summary>The record's headers, or <see langword="null"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers { get; }

    /// <summary>Why, as a metric's label value; of several lines that of the first.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Why, in the words of Loki or of the Forwarder.</summary>
    public string Words { get; private set; } = "";

    /// <summary>The refused lines, in the order of the record; empty when the record has none.</summary>
    public List<DeadLine> Lines { get; } = [];

    /// <summary>Memory that it takes, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a refused line.</summary>
    /// <param name="batch">The line's batch.</param>
    /// <param name="refused">The line, and why.</param>
    public void Add(Batch batch, in RefusedLine refused)
    {
        ref readonly var entry = ref batch.Entries[refused.Line];
        var text = Wire.EntryReader.Line(batch.Bytes(entry));
        if (_used + text.Length > _text.Length)
            Array.Resize(ref _text, (int)Math.Min(Math.Max(_used + text.Length, _text.Length * 2L), Array.MaxLength));
        text.CopyTo(_text.AsSpan(_used));
        var words = Lines.Count < MaxWords ? refused.Words : Lines[^1].Words;
        Lines.Add(new(entry.Index, entry.Timestamp, refused.Reason, words, _used, text.Length));
        _used += text.Length;
        Bytes = Measure();
    }

    /// <summary>Orders the lines as they stand in the record, once all are there: batches come back in any order.</summary>
    public void Close()
    {
        Lines.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        (Reason, Words) = (Lines[0].Reason, Lines[0].Words);
    }

    /// <summary>The text of a line.</summary>
    public ReadOnlySpan<byte> TextOf(in DeadLine line) => _text.AsSpan(line.Start, line.Length);

    private long Measure() => Overhead + (Key?.Length ?? 0L) + (Value?.Length ?? 0L) + KafkaRecord.SizeOf(Headers) + _text.Length
        + (Lines.Capacity * (long)System.Runtime.CompilerServices.Unsafe.SizeOf<DeadLine>());
}
