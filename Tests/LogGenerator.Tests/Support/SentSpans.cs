using System.Collections.Concurrent;
using System.Diagnostics;
using Observability.LogGenerator.Telemetry;

namespace Observability.LogGenerator.Tests.Support;

/// <summary>Begins traces of lines, and hears of the generator's spans of them. It listens to the whole process.</summary>
internal sealed class SentSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public SentSpans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LineTracer.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> Ended => [.. _ended];

    public static Activity Begin() => new LineTracer(1, TimeProvider.System).Next()!;

    public void Dispose() => _listener.Dispose();
}
