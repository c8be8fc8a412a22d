using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>Who wants to hear of entries as they are stored.</summary>
internal sealed class TailHub
{
    private readonly Lock _gate = new();
    private TailListener[] _listeners = [];

    public int Count => Volatile.Read(ref _listeners).Length;

    public void Add(TailListener listener)
    {
        lock (_gate)
            _listeners = [.. _listeners, listener];
    }

    public void Remove(TailListener listener)
    {
        lock (_gate)
            _listeners = [.. _listeners.Where(l => l != listener)];
    }

    public TailListener[] ListenersOf(LabelSet labels)
    {
        var all = Volatile.Read(ref _listeners);
        return all.Length == 0 ? all : [.. all.Where(l => l.Wants(labels))];
    }
}
