using System.Diagnostics.Metrics;

namespace Observability.LogGenerator.Telemetry;

/// <summary>The generator's instruments.</summary>
internal sealed class GeneratorMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Observability.LogGenerator";

    private const string SinkTag = "sink";

    private readonly Counter<long> _lines;
    private readonly Counter<long> _lineBytes;
    private readonly Counter<long> _sendErrors;
    private readonly Counter<long> _verified;
    private readonly Counter<long> _missing;
    private readonly Counter<long> _late;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _outOfOrder;
    private readonly Counter<long> _changed;
    private readonly Counter<long> _forgotten;
    private readonly Histogram<double> _latency;

    private readonly Meter _meter;

    public GeneratorMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(MeterName);
        _lines = meter.CreateCounter<long>("loggenerator.lines", description: "Lines handed to a sink.");
        _lineBytes = meter.CreateCounter<long>("loggenerator.line_bytes", description: "Bytes of the lines handed to a sink.");
        _sendErrors = meter.CreateCounter<long>("loggenerator.send_errors",
            description: "Lines that a sink's target refused for good, and failed attempts to send a batch over OTLP.");
        _verified = meter.CreateCounter<long>("loggenerator.verified_lines",
            description: "Verified lines that the store was seen to have.");
        _missing = meter.CreateCounter<long>("loggenerator.missing_lines",
            description: "Verified lines that the store did not have by the deadline.");
        _late = meter.CreateCounter<long>("loggenerator.late_lines",
            description: "Lines counted as missing that the store had after all when it was asked again.");
        _duplicates = meter.CreateCounter<long>("loggenerator.duplicate_lines",
            description: "Verified lines that the store shows more than once.");
        _outOfOrder = meter.CreateCounter<long>("loggenerator.out_of_order_lines",
            description: "Verified lines that the store shows after a line that was sent later.");
        _changed = meter.CreateCounter<long>("loggenerator.changed_lines",
            description: "Verified lines whose text, labels, metadata or time the store shows otherwise than they were sent.");
        _forgotten = meter.CreateCounter<long>("loggenerator.forgotten_lines",
            description: "Verified lines that the store showed and no longer shows: it was restarted, or keeps too little.");
        _latency = meter.CreateHistogram(
            "loggenerator.arrival_latency",
            unit: "s",
            description: "Time from a line's timestamp until a query first returned it.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60,
                120, 300]
            });

        // A counter without a value is absent from a scrape, and an alert on an absent series is silent.
        foreach (var counter in new[] { _verified, _missing, _late, _duplicates, _outOfOrder, _changed, _forgotten })
            counter.Add(0);
    }

    /// <summary>Shows the rate that is aimed at, in lines a second.</summary>
    public void ObserveTargetRate(Func<double> rate) =>
        _meter.CreateObservableGauge("loggenerator.target_rate_lines_per_second", rate,
            description: "The rate aimed at, pattern and burst included.");

    public void Wrote(string sink, int lines, long bytes)
    {
        var tag = KeyValuePair.Create<string, object?>(SinkTag, sink);
        _lines.Add(lines, tag);
        _lineBytes.Add(bytes, tag);
    }

    public void Failed(string sink, long lines) => _sendErrors.Add(lines, KeyValuePair.Create<string, object?>(SinkTag, sink));

    public void Arrived(TimeSpan latency) => _latency.Record(latency.TotalSeconds);

    public void Verified(int stored, int missing, int duplicates, int outOfOrder, int changed)
    {
        _verified.Add(stored);
        _missing.Add(missing);
        _duplicates.Add(duplicates);
        _outOfOrder.Add(outOfOrder);
        _changed.Add(changed);
    }

    public void Forgotten(long lines) => _forgotten.Add(lines);

    public void Late(long lines)
    {
        _late.Add(lines);
        _verified.Add(lines);
    }
}
