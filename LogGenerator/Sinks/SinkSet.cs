using System.Collections;

namespace Observability.LogGenerator.Sinks;

/// <summary>The sinks that every line of the run goes to.</summary>
internal sealed class SinkSet(IReadOnlyList<ILogSink> sinks) : IReadOnlyCollection<ILogSink>, IDisposable
{
    public int Count => sinks.Count;

    /// <summary>The sinks' names, for people.</summary>
    public string Names => string.Join(", ", sinks.Select(sink => sink.Name));

    /// <summary>What became of the lines at each sink, for people.</summary>
    public string Summary =>
        string.Join(", ", sinks.Select(sink => $"{sink.Name}: {sink.DeliveredLines} delivered, {sink.FailedLines} failed"
        + (sink.PendingLines > 0 ? $", {sink.PendingLines} not acknowledged" : "")));

    /// <inheritdoc cref="ILogSink.FailedLines"/>
    public long FailedLines => sinks.Sum(sink => sink.FailedLines);

    /// <summary>Lines that the targets have answered for, well or not.</summary>
    public long SettledLines => sinks.Sum(sink => sink.DeliveredLines + sink.FailedLines);

    public IEnumerator<ILogSink> GetEnumerator() => sinks.GetEnumerator();

    public void Dispose()
    {
        foreach (var sink in sinks)
            sink.Dispose();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
