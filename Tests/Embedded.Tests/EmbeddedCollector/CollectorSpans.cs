using System.Collections.Concurrent;
using System.Diagnostics;

namespace Observability.Embedded.Tests.EmbeddedCollector;

/// <summary>Traces that a sender begins, and hears of the collector's spans of them; other tests' requests begin none.</summary>
internal sealed class CollectorSpans : IDisposable
{
    private readonly ActivitySource _sender = new($"sender-{Guid.NewGuid():N}");
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public CollectorSpans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == _sender.Name
                || source.Name is "Microsoft.AspNetCore" or "Observability.EmbeddedCollector",
            Sample = (ref options) => options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) || options.Source == _sender
                ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.None,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Starts the span within which requests are sent.</summary>
    public Activity StartSender() => _sender.StartActivity("sender")!;

    /// <summary>The spans of a trace that have ended, by their name.</summary>
    public IReadOnlyList<Activity> Of(ActivityTraceId trace, string name) =>
        [.. _ended.Where(span => span.TraceId == trace && span.OperationName == name)];

    public void Dispose()
    {
        _listener.Dispose();
        _sender.Dispose();
    }
}
