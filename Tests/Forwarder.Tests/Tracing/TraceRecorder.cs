using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder.Tests.Tracing;

/// <summary>
/// A trace that a sender has begun, and the Forwarder's spans of it. It hears other tests' records, and tells of its own alone.
/// </summary>
internal sealed class TraceRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public TraceRecorder()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RecordTracing.SourceName,
            // As the sampler of all services does it: what is sampled already goes on.
            Sample = (ref options) => options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.TraceId == Sender.TraceId)
                    _spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The span that sends the record.</summary>
    public ActivityContext Sender { get; } =
        new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);

    /// <summary>The spans that have ended.</summary>
    public IReadOnlyList<Activity> Spans => [.. _spans];

    /// <summary>The headers of a record that belongs to the trace.</summary>
    /// <param name="flags">The flags; 1 is sampled.</param>
    public IReadOnlyList<KeyValuePair<string, byte[]?>> Headers(string flags = "01") =>
        [new("traceparent", Encoding.ASCII.GetBytes($"00-{Sender.TraceId}-{Sender.SpanId}-{flags}"))];

    public void Dispose() => _listener.Dispose();
}
