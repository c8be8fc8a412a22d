using System.Collections.Concurrent;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.Limits;

namespace Observability.Embedded.EmbeddedLoki.Storage;

/// <summary>
/// The entries of all streams, in memory. When they take more than the budget, the oldest chunk of any stream goes first.
/// </summary>
public sealed class LogStore
{
    private const int LargestChunk = 1024 * 1024;
    private const int SmallestChunk = 4096;
    private readonly ConcurrentDictionary<LabelSet, LogStream> _streams = [];
    private readonly Lock _evicting = new();
    private readonly EmbeddedLokiOptions _options;
    private readonly TimeProvider _time;
    private readonly long _maxBytes;
    private readonly int _chunkBytes;
    private long _bytes;
    private long _stored;
    private long _deduplicated;
    private long _evicted;

    internal LogStore(EmbeddedLokiOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _maxBytes = options.MaxBytes;
        // A small budget needs small chunks, or it would evict half of what it holds at a time.
        _chunkBytes = (int)Math.Clamp(options.MaxBytes / 64, SmallestChunk, LargestChunk);
    }

    /// <summary>Lines stored since the start, those evicted since included; a duplicate is not counted.</summary>
    public long StoredLines => Interlocked.Read(ref _stored);

    /// <summary>Lines that were in the store already (same stream, time, line and structured metadata) when they came again.</summary>
    public long DeduplicatedLines => Interlocked.Read(ref _deduplicated);

    /// <summary>Lines dropped to stay within the budget.</summary>
    public long EvictedLines => Interlocked.Read(ref _evicted);

    /// <summary>Bytes allocated for lines, metadata and their index.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Streams that hold at least one line.</summary>
    public int Streams => _streams.Count;

    internal ICollection<LogStream> All => _streams.Values;

    internal IEnumerable<LogStream> Select(Predicate<LabelSet> wanted) => _streams.Values.Where(s => wanted(s.Labels));

    internal LogStream? Find(LabelSet labels) => _streams.GetValueOrDefault(labels);

    internal LogStream GetOrCreate(LabelSet labels) =>
        _streams.GetOrAdd(labels, static (key, store) => new LogStream(key, store._chunkBytes, store._options.ChunkBlockBytes), this);

    /// <summary>Whether an ingester would still have the stream's chunk in memory: it flushes one that got nothing for a while.</summary>
    internal bool IsInMemory(LogStream stream) =>
        _options.ChunkIdlePeriod == TimeSpan.Zero
        || GoTime.ToNanoseconds(_time.GetUtcNow()) - stream.LastUpdate <= GoTime.ToNanoseconds(_options.ChunkIdlePeriod);

    /// <summary>Books what a writer did to a stream, and evicts when the budget is exceeded. The caller holds no stream's lock.</summary>
    internal void Added(long lines, long duplicates, long allocated)
    {
        Interlocked.Add(ref _stored, lines);
        Interlocked.Add(ref _deduplicated, duplicates);
        if (Interlocked.Add(ref _bytes, allocated) > _maxBytes)
            Evict();
    }

    private void Evict()
    {
        // One thread is enough; the others go on storing meanwhile.
        if (!_evicting.TryEnter())
            return;
        try
        {
            // Down to a little below the budget, so that the search for the oldest chunk is not repeated for every chunk.
            var target = _maxBytes - (_maxBytes / 64);
            var oldest = new PriorityQueue<LogStream, long>();
            foreach (var stream in _streams.Values)
            {
                lock (stream.Gate)
                    oldest.Enqueue(stream, stream.OldestChunkEnd);
            }

            while (Bytes > target && oldest.TryDequeue(out var stream, out _))
            {
                lock (stream.Gate)
                {
                    if (stream.ChunkCount == 0)
                        continue;
                    var chunk = stream.RemoveOldest();
                    Interlocked.Add(ref _bytes, -chunk.AllocatedBytes);
                    Interlocked.Add(ref _evicted, chunk.Count);
                    if (stream.ChunkCount == 0)
                    {
                        stream.Closed = true;
                        _streams.TryRemove(KeyValuePair.Create(stream.Labels, stream));
                        continue;
                    }

                    oldest.Enqueue(stream, stream.OldestChunkEnd);
                }
            }
        }
        finally
        {
            _evicting.Exit();
        }
    }
}
