using System.Runtime.CompilerServices;

namespace Observability.Embedded.EmbeddedLoki.Storage;

/// <summary>
/// A run of one stream's entries, sorted by time, their bytes in one large array. Guarded by the stream's lock; a reader copies the
/// index under the lock and reads the bytes without it, which is safe because bytes once written never change and a chunk never loses
/// an entry: it is split or evicted by taking it out of the stream's list, whole.
/// </summary>
internal sealed class Chunk
{
    private const int MaxEntries = 8192;
    private readonly int _maxBytes;
    private EntryIndex[] _entries;
    private byte[] _bytes;
    private int _used;

    /// <summary>An empty chunk that grows as it is filled, or has its full size from the start.</summary>
    /// <param name="maxBytes">Bytes that it grows to.</param>
    /// <param name="firstEntryBytes">Bytes of its first entry, which has room in any case.</param>
    /// <param name="isWhole">Whether it has its full size from the start: growing leaves as much garbage as it has bytes.</param>
    public Chunk(int maxBytes, int firstEntryBytes, bool isWhole = false)
    {
        _maxBytes = maxBytes;
        _entries = new EntryIndex[16];
        _bytes = new byte[Math.Max(isWhole ? maxBytes : Math.Min(2048, maxBytes), firstEntryBytes)];
    }

    private Chunk(int maxBytes, EntryIndex[] entries, byte[] bytes)
    {
        _maxBytes = maxBytes;
        _entries = entries;
        _bytes = bytes;
    }

    public int Count { get; private set; }

    public long FirstTimestamp => _entries[0].Timestamp;

    public long LastTimestamp => _entries[Count - 1].Timestamp;

    /// <summary>Bytes that the chunk keeps allocated, its index included.</summary>
    public int AllocatedBytes => _bytes.Length + (_entries.Length * Unsafe.SizeOf<EntryIndex>());

    /// <summary>Bytes of lines and metadata held.</summary>
    public int UsedBytes => _used;

    public bool HasRoomFor(int bytes) => Count < MaxEntries && (_used + bytes <= _maxBytes || _used + bytes <= _bytes.Length);

    /// <summary>The position of the first entry at or after a time.</summary>
    public int LowerBound(long timestamp)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_entries[middle].Timestamp < timestamp)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Looks for the very same entry, and counts a copy when the one that is there came in another block.</summary>
    /// <returns>False when there is none.</returns>
    public bool Merge(long timestamp, ReadOnlySpan<byte> line, ReadOnlySpan<byte> metadata, int block)
    {
        for (var i = LowerBound(timestamp); i < Count && _entries[i].Timestamp == timestamp; i++)
        {
            ref var entry = ref _entries[i];
            if (entry.LineLength == line.Length && entry.MetadataLength == metadata.Length
                && _bytes.AsSpan(entry.Offset, line.Length).SequenceEqual(line)
                && _bytes.AsSpan(entry.Offset + line.Length, metadata.Length).SequenceEqual(metadata))
            {
                if (entry.Block != block)
                    entry = entry with { Block = block, Copies = entry.Copies + 1 };
                return true;
            }
        }

        return false;
    }

    /// <summary>Inserts behind the entries of the same time, so that equal times keep the order of arrival.</summary>
    public void Insert(long timestamp, ReadOnlySpan<byte> line, ReadOnlySpan<byte> metadata, int block)
    {
        var position = Count == 0 || timestamp >= LastTimestamp ? Count : LowerBound(timestamp + 1);
        var needed = line.Length + metadata.Length;
        if (_used + needed > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_used + needed, Math.Min(_bytes.Length * 2, _maxBytes)));
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Math.Min(_entries.Length * 2, MaxEntries));
        if (position < Count)
            Array.Copy(_entries, position, _entries, position + 1, Count - position);
        _entries[position] = new(timestamp, _used, line.Length, metadata.Length, block, 0);
        line.CopyTo(_bytes.AsSpan(_used));
        metadata.CopyTo(_bytes.AsSpan(_used + line.Length));
        _used += needed;
        Count++;
    }

    /// <summary>Two new chunks with the halves of this one, which stays as it is for those who are reading it.</summary>
    public (Chunk Left, Chunk Right) Split()
    {
        var middle = Count / 2;
        return (Copy(0, middle), Copy(middle, Count));
    }

    /// <summary>
    /// A copy of the index of the entries in [<paramref name="from"/>, <paramref name="to"/>) and the bytes it points into.
    /// </summary>
    public ChunkSlice Slice(long from, long to)
    {
        var start = LowerBound(from);
        var end = to > LastTimestamp ? Count : LowerBound(to);
        return start >= end ? new([], _bytes) : new(_entries[start..end], _bytes);
    }

    private Chunk Copy(int start, int end)
    {
        var size = 0;
        for (var i = start; i < end; i++)
            size += _entries[i].LineLength + _entries[i].MetadataLength;
        var copy = new Chunk(_maxBytes, new EntryIndex[Math.Max(16, end - start)], new byte[Math.Max(size, 2048)]);
        for (var i = start; i < end; i++)
        {
            var entry = _entries[i];
            var length = entry.LineLength + entry.MetadataLength;
            _bytes.AsSpan(entry.Offset, length).CopyTo(copy._bytes.AsSpan(copy._used));
            copy._entries[copy.Count++] = entry with { Offset = copy._used };
            copy._used += length;
        }

        return copy;
    }
}
