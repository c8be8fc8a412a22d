using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Batching;

/// <summary>
/// Lines on their way to Loki, already encoded, and the records they come from. Filled by the consuming thread, then
/// handed to a sender, then back. Its arrays are kept for the next use, so the steady state allocates nothing.
/// </summary>
internal sealed class Batch
{
    // Tag, length and label tag of a stream; the labels come on top.
    private const int StreamOverhead = 16;

    // Tag and length of an entry.
    private const int EntryOverhead = 5;

    private static readonly int EntrySize = Unsafe.SizeOf<BatchEntry>();
    private static readonly int RecordSize = Unsafe.SizeOf<BatchRecord>();
    private const int FewRecordBytes = 64 * 1024;

    private byte[] _buffer;
    private byte[] _recordBytes = [];
    private BatchEntry[] _entries;
    private BatchRecord[] _records;
    private BatchStream[] _streams = new BatchStream[16];

    // Where a stream stands in _streams, by its number; what is there may be of an earlier use, so it is checked.
    private int[] _places = new int[64];
    private int[] _order = [];
    private int _used;
    private int _recordBytesUsed;
    private int _recordCount;
    private int _headerBytes;
    private int _streamCount;
    private long _lastNumber;
    private object? _lastPartition;
    private readonly ValueCopies _copies;
    private int _sharedBytes;

    /// <param name="capacity">Bytes to start with: a full batch's size.</param>
    /// <param name="copies">The values of large records, shared with other batches.</param>
    /// <param name="lines">Lines to start with.</param>
    public Batch(int capacity, ValueCopies? copies = null, int lines = 1024)
    {
        _buffer = new byte[capacity];
        _copies = copies ?? new ValueCopies();
        _entries = new BatchEntry[lines];
        _records = new BatchRecord[lines];
    }

    /// <summary>The tenant in UTF-8; empty for the configured one.</summary>
    public byte[] Tenant { get; set; } = [];

    /// <summary>When its first line came, in <see cref="TimeProvider.GetTimestamp"/> ticks.</summary>
    public long OpenedAt { get; set; }

    /// <summary>Lines in it.</summary>
    public int Count { get; private set; }

    /// <summary>The size of the push that it makes, in bytes before compression.</summary>
    public int Size { get; private set; }

    /// <summary>Memory that it holds, in bytes: that of its lines and records as well, so that lines without a byte count too.</summary>
    public int Capacity => _buffer.Length + _recordBytes.Length + _headerBytes + _sharedBytes
        + (_entries.Length * (EntrySize + sizeof(int))) + (_places.Length * sizeof(int)) + (_records.Length * RecordSize);

    /// <summary>Whether it holds what was set aside of another batch: lines of a stream that is at a limit of Loki's.</summary>
    public bool IsLate { get; init; }

    /// <summary>The lines that Loki has refused for good. A sender adds them.</summary>
    public List<RefusedLine> Refused { get; } = [];

    /// <summary>
    /// The lines that a limit of their stream does not let pass yet, by stream, each stream's in their order. A sender that takes the batch
    /// leaves them there, or begins with them when the batch is late.
    /// </summary>
    public List<PushPiece> Late { get; } = [];

    /// <summary>Bytes of records that it keeps beside their lines, in case one becomes a dead letter.</summary>
    public int KeptBytes => _recordBytesUsed + _headerBytes + _sharedBytes;

    /// <summary>Those of its records that are traced.</summary>
    public BatchTraces Traces { get; } = new();

    /// <summary>The entries, in the order in which they were added.</summary>
    public ReadOnlySpan<BatchEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Its records.</summary>
    public Span<BatchRecord> Records => _records.AsSpan(0, _recordCount);

    /// <summary>Its streams, in the order of their first lines.</summary>
    public ReadOnlySpan<BatchStream> Streams => _streams.AsSpan(0, _streamCount);

    /// <summary>The lines as places in <see cref="Entries"/>, stream by stream, each stream's in the order in which they came. Made by
    /// <see cref="OrderByStream"/>.</summary>
    public ReadOnlyMemory<int> Order => _order.AsMemory(0, Count);

    /// <summary>A line's encoded bytes.</summary>
    public ReadOnlySpan<byte> Bytes(in BatchEntry entry) => _buffer.AsSpan(entry.Start, entry.Length);

    /// <summary>The bytes that a line adds to <see cref="Size"/> at the most.</summary>
    public static int SizeOf(LogStream stream, int line, int metadata) =>
        EntryEncoding.MaxSize(line, metadata) + EntryOverhead + stream.Labels.Length + StreamOverhead;

    /// <summary>Whether the last line is one of this record.</summary>
    public bool EndsWith(in KafkaRecord record) => _lastPartition == record.Partition && _lastNumber == record.Number;

    /// <summary>Adds a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in KafkaRecord record, int lineIndex, LogStream stream, long timestamp, ReadOnlySpan<byte> line,
        ReadOnlySpan<byte> metadata)
    {
        Reserve(EntryEncoding.MaxSize(line.Length, metadata.Length));
        var recordIndex = FindRecord(in record, IsWholeValue(in record, line));
        if (record.Trace is { } trace)
            Traces.Add(recordIndex, trace);

        var start = _used;
        _used = EntryEncoding.WriteEntry(_buffer, _used, timestamp, line, metadata);
        var length = _used - start;
        var entry = new BatchEntry { Start = start, Length = length, Record = recordIndex, Index = lineIndex, Timestamp = timestamp };
        Add(in entry, stream, line.Length);
    }

    /// <summary>Adds a line of another batch. Its record then has a part in each of the two.</summary>
    /// <param name="other">The other batch.</param>
    /// <param name="line">The line, as a place in the other's <see cref="Entries"/>.</param>
    public void Add(Batch other, int line)
    {
        ref readonly var entry = ref other._entries[line];
        Reserve(entry.Length);
        other.Bytes(entry).CopyTo(_buffer.AsSpan(_used));
        var added = entry with { Start = _used, Record = FindRecord(other, entry.Record) };
        _used += entry.Length;
        if (other.Traces.Of(entry.Record) is { } trace)
            Traces.Add(added.Record, trace);
        Add(added, other._streams[entry.Stream].Stream, EntryReader.Line(other.Bytes(entry)).Length);
    }

    /// <summary>Makes <see cref="Order"/>, when the batch is full.</summary>
    public void OrderByStream()
    {
        if (_order.Length < Count)
            _order = new int[_entries.Length];

        var start = 0;
        foreach (ref var stream in _streams.AsSpan(0, _streamCount))
        {
            stream.Start = start;
            start += stream.Count;
        }

        for (var line = 0; line < Count; line++)
            _order[_streams[_entries[line].Stream].Start++] = line;
        foreach (ref var stream in _streams.AsSpan(0, _streamCount))
            stream.Start -= stream.Count;
    }

    /// <summary>The lines of one stream, as places in <see cref="Entries"/>; after <see cref="OrderByStream"/>.</summary>
    /// <param name="stream">The stream, as a place in <see cref="Streams"/>.</param>
    public ReadOnlyMemory<int> LinesOf(int stream) => _order.AsMemory(_streams[stream].Start, _streams[stream].Count);

    /// <summary>The value of a record, for a dead letter.</summary>
    public byte[] ValueOf(int recordIndex)
    {
        ref var record = ref _records[recordIndex];
        if (record.SharedValue is { } shared)
            return shared;
        if (!record.ValueIsLine)
            return _recordBytes.AsSpan(record.ValueStart, record.ValueLength).ToArray();

        for (var i = 0; i < Count; i++)
        {
            if (_entries[i].Record == recordIndex)
                return EntryReader.Line(Bytes(_entries[i])).ToArray();
        }

        throw new InvalidOperationException($"Record {recordIndex} of a batch has no line.");
    }

    /// <summary>The key of a record, for a dead letter.</summary>
    public byte[]? KeyOf(int recordIndex)
    {
        ref var record = ref _records[recordIndex];
        return record.HasKey ? _recordBytes.AsSpan(record.ValueStart + record.ValueLength, record.KeyLength).ToArray() : null;
    }

    /// <summary>Empties it for the next use.</summary>
    public void Clear()
    {
        // References would keep partitions, headers and streams alive.
        Array.Clear(_records, 0, _recordCount);
        Array.Clear(_streams, 0, _streamCount);
        Count = _used = _recordBytesUsed = _headerBytes = _sharedBytes = _recordCount = _streamCount = Size = 0;
        _lastPartition = null;
        Traces.Clear();
        Refused.Clear();
        Late.Clear();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Count} lines of {_streamCount} streams, tenant '{Encoding.UTF8.GetString(Tenant)}'";

    private void Reserve(int size)
    {
        var needed = _used + size;
        if (needed > _buffer.Length)
            Array.Resize(ref _buffer, (int)Math.Min((long)needed * 3 / 2, Array.MaxLength));
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Count * 2);
    }

    private void Add(in BatchEntry entry, LogStream stream, int lineLength)
    {
        ref var added = ref _entries[Count++];
        added = entry;
        added.Stream = FindStream(stream);
        Size += entry.Length + EntryOverhead;

        ref var owner = ref _records[entry.Record];
        owner.Lines++;
        owner.LineBytes += lineLength;
        ref var target = ref _streams[added.Stream];
        target.Count++;
        target.Bytes += entry.Length;
        target.Oldest = Math.Min(target.Oldest, entry.Timestamp);
    }

    private int FindRecord(Batch other, int recordIndex)
    {
        ref readonly var record = ref other._records[recordIndex];
        if (_lastPartition == record.Partition && _lastNumber == record.Number)
            return _recordCount - 1;

        ref var added = ref AddRecord(record.Partition, record.Number);
        added = record with { Lines = 0, LineBytes = 0, DeadLines = 0, LateLines = 0, ValueStart = _recordBytesUsed };
        var kept = other._recordBytes.AsSpan(record.ValueStart, record.ValueLength + record.KeyLength);
        kept.CopyTo(ReserveRecordBytes(kept.Length));
        return _recordCount - 1;
    }

    private ref BatchRecord AddRecord(PartitionState partition, long number)
    {
        if (_recordCount == _records.Length)
            Array.Resize(ref _records, _recordCount * 2);

        partition.Offsets.AddPart(number);
        _lastPartition = partition;
        _lastNumber = number;
        return ref _records[_recordCount++];
    }

    private Span<byte> ReserveRecordBytes(int size)
    {
        var needed = _recordBytesUsed + size;
        if (needed > _recordBytes.Length)
        {
            // Beyond a handful of records it will be about as much as the lines are: at once, since what is outgrown is garbage.
            // Records of OTLP are a little more than their lines.
            var room = needed > FewRecordBytes ? Math.Max(_buffer.Length, needed * 5L / 4) : _recordBytes.Length * 2;
            Array.Resize(ref _recordBytes, (int)Math.Clamp(room, needed, Array.MaxLength));
        }

        _recordBytesUsed = needed;
        return _recordBytes.AsSpan(_recordBytesUsed - size, size);
    }

    private int FindRecord(in KafkaRecord record, bool valueIsLine)
    {
        if (EndsWith(in record))
        {
            // A second line: the value is more than one line after all. Its bytes are still in the reader's hands.
            ref var last = ref _records[_recordCount - 1];
            if (last.ValueIsLine)
            {
                last.ValueIsLine = false;
                StoreBytes(ref last, record, withValue: true);
            }

            return _recordCount - 1;
        }

        ref var added = ref AddRecord(record.Partition, record.Number);
        added.Partition = record.Partition;
        added.Number = record.Number;
        added.Offset = record.Offset;
        added.OriginPartition = record.OriginPartition;
        added.OriginOffset = record.OriginOffset;
        added.SharedValue = null;
        added.TimestampMilliseconds = record.TimestampMilliseconds;
        added.Headers = record.Headers;
        _headerBytes += record.HeaderBytes;
        added.ValueIsLine = valueIsLine;
        added.Lines = added.DeadLines = added.LateLines = 0;
        added.LineBytes = 0;
        StoreBytes(ref added, record, withValue: !added.ValueIsLine);
        return _recordCount - 1;
    }

    private static unsafe bool IsWholeValue(in KafkaRecord record, ReadOnlySpan<byte> line) =>
        line.Length == record.ValueLength && Unsafe.AreSame(ref MemoryMarshal.GetReference(line), ref *record.Value);

    private unsafe void StoreBytes(ref BatchRecord kept, in KafkaRecord record, bool withValue)
    {
        if (withValue && record.ValueLength >= ValueCopies.Least)
        {
            kept.SharedValue = _copies.Get(in record, out var isNew);
            _sharedBytes += isNew ? record.ValueLength : 0;
            withValue = false;
        }

        kept.ValueStart = _recordBytesUsed;
        kept.ValueLength = withValue ? record.ValueLength : 0;
        kept.HasKey = record.HasKey;
        kept.KeyLength = kept.HasKey ? record.KeyLength : 0;
        if (!withValue && kept.KeyLength == 0)
            return;

        var bytes = ReserveRecordBytes(kept.ValueLength + kept.KeyLength);
        if (withValue)
            record.ValueSpan.CopyTo(bytes);
        record.KeySpan[..kept.KeyLength].CopyTo(bytes[kept.ValueLength..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FindStream(LogStream stream)
    {
        if (stream.Number >= _places.Length)
            Array.Resize(ref _places, Math.Max(stream.Number + 1, _places.Length * 2));
        var place = _places[stream.Number];
        if (place < _streamCount && _streams[place].Stream == stream)
            return place;

        if (_streamCount == _streams.Length)
            Array.Resize(ref _streams, _streamCount * 2);
        _streams[_streamCount] = new BatchStream { Stream = stream, Oldest = long.MaxValue };
        Size += stream.Labels.Length + StreamOverhead;
        return _places[stream.Number] = _streamCount++;
    }
}
