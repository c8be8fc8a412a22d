using System.Diagnostics.Metrics;

namespace Observability.AllInOne.Flow;

/// <summary>Reads the services' own instruments, so that the page and the console can show nothing that <c>/metrics</c> does not.</summary>
internal sealed class FlowMeters : IDisposable
{
    private const string LatencyInstrument = "forwarder_end_to_end_latency";
    private const string ObservedTopic = "topic";

    private static readonly HashSet<string> Counters = ["loggenerator.lines", "forwarder_push_retries", "forwarder_dead_lettered_lines"];
    private static readonly HashSet<string> Observed = ["forwarder_lines", "forwarder_stored_lines", "forwarder_consumer_lag_records",
        "forwarder_paused"];

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string? Topic), long> _sums = [];
    private readonly Dictionary<(string Name, string? Topic), long> _observations = [];

    public FlowMeters(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Tests run several applications in one process; each has a factory of its own.
            if (ReferenceEquals(instrument.Meter.Scope, factory)
                && (Counters.Contains(instrument.Name) || Observed.Contains(instrument.Name) || instrument.Name == LatencyInstrument))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Measured);
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            if (instrument.Name == LatencyInstrument)
                Latency.Record(value);
        });
        _listener.Start();
    }

    /// <summary>The age of lines when the store acknowledged them.</summary>
    public LatencyWindow Latency { get; } = new();

    /// <summary>Asks the instruments that only answer when asked.</summary>
    public void Observe()
    {
        lock (_lock)
            _observations.Clear();
        _listener.RecordObservableInstruments();
    }

    /// <summary>The sum of a counter, or of what an observable instrument last said, over all tags or those of one topic.</summary>
    public long Sum(string instrument, string? topic = null)
    {
        lock (_lock)
        {
            return _sums.Concat(_observations).Where(o => o.Key.Name == instrument && (topic is null || o.Key.Topic == topic))
                .Sum(o => o.Value);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Measured(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        lock (_lock)
        {
            string? topic = null;
            foreach (var tag in tags)
            {
                if (tag.Key == ObservedTopic)
                    topic = tag.Value as string;
            }

            var sums = instrument.IsObservable ? _observations : _sums;
            sums[(instrument.Name, topic)] = sums.GetValueOrDefault((instrument.Name, topic)) + value;
        }
    }
}
