using System.Collections;

namespace Observability.LogGenerator.Sinks;

/// <summary>The sinks that every line of the run goes to.</summary>
internal sealed class SinkSet(IReadOnlyList<ILogSink> sinks) : IReadOnlyCollection<ILogSink>, IDisposable
{
    public int Count => sinks.Count;

    /// <summary>The sinks' names, for people.</summary>
    public string Names => string.Join(", ", sinks.Select(sink => sink.Name));

    /// <inheritdoc cref="ILogSink.FailedLines"/>
    public long FailedLines => sinks.Sum(sink => sink.FailedLines);

    public IEnumerator<ILogSink> GetEnumerator() => sinks.GetEnumerator();

    public void Dispose()
    {
        foreach (var sink in sinks)
            sink.Dispose();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
