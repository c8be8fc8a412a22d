using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>What is measured by the meters of one test.</summary>
internal sealed class MetricRecorder : IDisposable
{
    private readonly ConcurrentQueue<(string Name, string Tags, double Value)> _measured = new();
    private readonly MeterListener _listener = new();

    public MetricRecorder(TestMeters meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters.Scope)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The measurements of a metric in turn, each with the values of its tags.</summary>
    public IReadOnlyList<(string Tags, double Value)> Of(string name) =>
        [.. _measured.Where(measured => measured.Name == name).Select(measured => (measured.Tags, measured.Value))];

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument.Name, string.Join(' ', tags.ToArray().Select(tag => tag.Value)), value));
}
