using System.Threading.Channels;
using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>One tail request's queue. A reader that is too slow loses entries and is told which: a writer never waits for it.</summary>
/// <param name="wants">Which streams.</param>
/// <param name="maxEntries">Most entries that wait.</param>
/// <param name="maxBytes">Most bytes of lines and metadata that wait.</param>
internal sealed class TailListener(Predicate<LabelSet> wants, int maxEntries, long maxBytes)
{
    private const int MaxDropped = 10;
    private readonly Channel<TailEntry> _entries = Channel.CreateBounded<TailEntry>(maxEntries);
    private readonly Lock _gate = new();
    private List<TailEntry> _dropped = [];
    private long _bytes;

    public bool Wants(LabelSet labels) => wants(labels);

    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => _entries.Reader.WaitToReadAsync(cancellationToken);

    public TailEntry? TryRead()
    {
        if (!_entries.Reader.TryRead(out var entry))
            return null;
        Interlocked.Add(ref _bytes, -(entry.Line.Length + entry.Metadata.Length));
        return entry;
    }

    public void Offer(LabelSet labels, long timestamp, ReadOnlySpan<byte> line, ReadOnlySpan<byte> metadata)
    {
        var size = line.Length + metadata.Length;
        if (Interlocked.Add(ref _bytes, size) <= maxBytes
            && _entries.Writer.TryWrite(new(labels, timestamp, line.ToArray(), metadata.ToArray())))
            return;
        Interlocked.Add(ref _bytes, -size);
        lock (_gate)
        {
            if (_dropped.Count < MaxDropped)
                _dropped.Add(new(labels, timestamp, [], []));
        }
    }

    public List<TailEntry> TakeDropped()
    {
        lock (_gate)
            return Interlocked.Exchange(ref _dropped, []);
    }
}
