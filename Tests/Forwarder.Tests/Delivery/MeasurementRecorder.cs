using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>What the Forwarder counts from here on, in order: <c>forwarder_rebalances type=lost 1</c>.</summary>
internal sealed class MeasurementRecorder : IDisposable
{
    private readonly ConcurrentQueue<string> _counted = new();
    private readonly MeterListener _listener = new();

    public MeasurementRecorder(TestMeters meters)
        : this(meters.Scope)
    {
    }

    /// <param name="scope">The scope of the meter: what made it.</param>
    public MeasurementRecorder(object scope)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == scope && instrument is Counter<long>)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _counted.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))} {value}"));
        _listener.Start();
    }

    public IReadOnlyList<string> Counted => [.. _counted];

    public void Dispose() => _listener.Dispose();
}
