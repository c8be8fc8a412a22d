using System.Diagnostics.Metrics;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>The store's own series; those that Loki has too carry Loki's names.</summary>
internal sealed class LokiMetrics
{
    /// <summary>Name of the meter to register with OpenTelemetry.</summary>
    public const string MeterName = "Observability.Embedded.EmbeddedLoki";

    private readonly Counter<long> _lines;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _discarded;
    private readonly Histogram<double> _duration;

    public LokiMetrics(IMeterFactory meters, LogStore store)
    {
        var meter = meters.Create(MeterName);
        _lines = meter.CreateCounter<long>("loki_distributor_lines_received", description: "Lines received by push requests.");
        _bytes = meter.CreateCounter<long>(
            "loki_distributor_bytes_received",
            description: "Uncompressed bytes of lines and structured metadata received by push requests.");
        _discarded = meter.CreateCounter<long>("loki_discarded_samples", description: "Lines that were refused, by reason.");
        _duration = meter.CreateHistogram<double>("loki_request_duration", "s", "Time spent serving HTTP requests.");
        meter.CreateObservableGauge(
            "embedded_loki_stored_bytes", () => store.Bytes, description: "Memory allocated for lines, metadata and their index.");
        meter.CreateObservableGauge("embedded_loki_streams", () => store.Streams, description: "Streams that hold at least one line.");
        meter.CreateObservableCounter(
            "embedded_loki_evicted_lines", () => store.EvictedLines, description: "Lines dropped to stay within the memory budget.");
    }

    public void Received(long lines, long bytes)
    {
        _lines.Add(lines);
        _bytes.Add(bytes);
    }

    public void Discarded(string reason, long lines) => _discarded.Add(lines, new KeyValuePair<string, object?>("reason", reason));

    public void Served(string route, string method, int statusCode, TimeSpan duration) => _duration.Record(
        duration.TotalSeconds,
        new KeyValuePair<string, object?>("route", route),
        new KeyValuePair<string, object?>("method", method),
        new KeyValuePair<string, object?>("status_code", statusCode));
}
