using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>What is measured by the meters of one test from here on.</summary>
internal sealed class MetricRecorder : IDisposable
{
    private readonly ConcurrentQueue<(Instrument Instrument, KeyValuePair<string, object?>[] Tags, double Value)> _measured = new();
    private readonly MeterListener _listener = new();

    public MetricRecorder(TestMeters meters)
        : this(meters.Scope)
    {
    }

    /// <param name="scope">The scope of the meters: what made them.</param>
    public MetricRecorder(object scope)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == scope)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>What is counted, in order: <c>forwarder_rebalances type=lost 1</c>.</summary>
    public IReadOnlyList<string> Counted =>
    [
        .. _measured.Where(measured => measured.Instrument is Counter<long>).Select(measured =>
            $"{measured.Instrument.Name} {string.Join(' ', measured.Tags.Select(tag => $"{tag.Key}={tag.Value}"))} {(long)measured.Value}"),
    ];

    /// <summary>The measurements of a metric in turn, each with the values of its tags.</summary>
    public IReadOnlyList<(string Tags, double Value)> Of(string name) =>
    [
        .. _measured.Where(measured => measured.Instrument.Name == name)
            .Select(measured => (string.Join(' ', measured.Tags.Select(tag => tag.Value)), measured.Value)),
    ];

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument, tags.ToArray(), value));
}
