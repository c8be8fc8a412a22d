using System.Threading.Channels;
using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>One tail request's queue. A reader that is too slow loses entries and is told which: a writer never waits for it.</summary>
internal sealed class TailListener(Func<LabelSet, bool> wants, int capacity)
{
    private const int MaxDropped = 10;
    private readonly Channel<TailEntry> _entries = Channel.CreateBounded<TailEntry>(capacity);
    private readonly Lock _gate = new();
    private List<TailEntry> _dropped = [];

    public ChannelReader<TailEntry> Entries => _entries.Reader;

    public bool Wants(LabelSet labels) => wants(labels);

    public void Offer(LabelSet labels, long timestamp, ReadOnlySpan<byte> line, ReadOnlySpan<byte> metadata)
    {
        if (_entries.Writer.TryWrite(new(labels, timestamp, line.ToArray(), metadata.ToArray())))
            return;
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
