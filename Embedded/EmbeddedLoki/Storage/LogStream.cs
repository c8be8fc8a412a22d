using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Storage;

/// <summary>
/// One stream: chunks in order of time that do not overlap, so that a query finds its start by binary search and an entry that
/// arrives out of order moves the index of one chunk only.
/// </summary>
internal sealed class LogStream(LabelSet labels, int chunkBytes, int blockBytes)
{
    private readonly List<Chunk> _chunks = [];
    private int _block;
    private int _blockUsed;

    public LabelSet Labels { get; } = labels;

    /// <summary>Held while entries are added or the chunk list is read. Never held while the store's own lock is taken.</summary>
    public Lock Gate { get; } = new();

    /// <summary>When the stream last got an entry, nanoseconds.</summary>
    public long LastUpdate { get; set; }

    /// <summary>True once the store has dropped the stream for having no chunk left: a writer must ask the store for a new one.</summary>
    public bool Closed { get; set; }

    public long Entries { get; private set; }

    public long UsedBytes { get; private set; }

    public int ChunkCount => _chunks.Count;

    public long OldestChunkEnd => _chunks.Count == 0 ? long.MaxValue : _chunks[0].LastTimestamp;

    /// <summary>
    /// Adds an entry. The caller holds <see cref="Gate"/>. One that is there already is stored once; but as in Loki, whose head block alone
    /// notices it, it is counted as a copy when the first one is in an older block.
    /// </summary>
    /// <returns>False when the very same entry (time, line, metadata) is there already.</returns>
    public bool Append(long timestamp, ReadOnlySpan<byte> line, ReadOnlySpan<byte> metadata, ref long allocated)
    {
        var size = line.Length + metadata.Length;
        if (blockBytes > 0 && (_blockUsed += size) > blockBytes)
            (_block, _blockUsed) = (_block + 1, size);
        var i = FindChunk(timestamp);
        for (var j = i; j >= 0 && _chunks[j].LastTimestamp >= timestamp; j--)
        {
            if (_chunks[j].FirstTimestamp <= timestamp && _chunks[j].Merge(timestamp, line, metadata, _block))
                return false;
        }

        var chunk = i >= 0 && _chunks[i].HasRoomFor(size) ? _chunks[i] : MakeRoom(i, timestamp, size, ref allocated);
        var before = chunk.AllocatedBytes;
        chunk.Insert(timestamp, line, metadata, _block);
        allocated += chunk.AllocatedBytes - before;
        Entries++;
        UsedBytes += size;
        return true;
    }

    /// <summary>The chunks that have entries in [<paramref name="from"/>, <paramref name="to"/>), oldest first.</summary>
    public Chunk[] ChunksIn(long from, long to)
    {
        lock (Gate)
        {
            int low = 0, high = _chunks.Count;
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (_chunks[middle].LastTimestamp < from)
                    low = middle + 1;
                else
                    high = middle;
            }

            var end = low;
            while (end < _chunks.Count && _chunks[end].FirstTimestamp < to)
                end++;
            return [.. _chunks[low..end]];
        }
    }

    public ChunkSlice Slice(Chunk chunk, long from, long to)
    {
        lock (Gate)
            return chunk.Slice(from, to);
    }

    /// <summary>Takes the oldest chunk out. The caller holds <see cref="Gate"/>.</summary>
    public Chunk RemoveOldest()
    {
        var chunk = _chunks[0];
        _chunks.RemoveAt(0);
        Entries -= chunk.Count;
        UsedBytes -= chunk.UsedBytes;
        return chunk;
    }

    /// <summary>The last chunk that starts at or before a time; the first one for a time before all; -1 when there is none.</summary>
    private int FindChunk(long timestamp)
    {
        var last = _chunks.Count - 1;
        if (last <= 0 || _chunks[last].FirstTimestamp <= timestamp)
            return last;
        int low = 0, high = last;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (_chunks[middle].FirstTimestamp <= timestamp)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private Chunk MakeRoom(int i, long timestamp, int size, ref long allocated)
    {
        // A new chunk fits before or behind the full one; only an entry that belongs into its middle needs a split.
        if (i < 0 || timestamp >= _chunks[i].LastTimestamp || timestamp < _chunks[i].FirstTimestamp)
        {
            // A stream that has filled one goes on to fill the next; but what comes late, between two, may be a line only.
            var isNewest = i >= 0 && i == _chunks.Count - 1 && timestamp >= _chunks[i].LastTimestamp;
            var added = new Chunk(chunkBytes, size, isWhole: isNewest && _chunks[i].UsedBytes > chunkBytes / 2);
            _chunks.Insert(i < 0 || timestamp < _chunks[i].FirstTimestamp ? 0 : i + 1, added);
            allocated += added.AllocatedBytes;
            return added;
        }

        var old = _chunks[i];
        var (left, right) = old.Split();
        _chunks[i] = left;
        _chunks.Insert(i + 1, right);
        allocated += left.AllocatedBytes + right.AllocatedBytes - old.AllocatedBytes;
        // Behind the left half's end and before the right half's start either will do; a half that is full by one huge line is split no
        // further.
        return timestamp >= right.FirstTimestamp ? right : left;
    }
}
