using System.Diagnostics.Metrics;
using Observability.Embedded.EmbeddedCollector.Settings;

namespace Observability.Embedded.EmbeddedCollector.Export;

/// <summary>The collector's metrics, named and labelled as Alloy's are, so that dashboards and rules show both alike.</summary>
internal sealed class CollectorMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Observability.EmbeddedCollector";

    private static readonly KeyValuePair<string, object?> Receiver = new("component_id", "otelcol.receiver.otlp.applications");
    private static readonly KeyValuePair<string, object?> Exporter = new("component_id", "otelcol.exporter.kafka.logs");

    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _sendFailed;
    private long _buffered;

    public CollectorMetrics(IMeterFactory meters, EmbeddedCollectorOptions options)
    {
        var meter = meters.Create(MeterName);
        _accepted = Count("otelcol_receiver_accepted_log_records", "Log records that were acknowledged.");
        _refused = Count("otelcol_receiver_refused_log_records", "Log records that were refused for good.");
        _failed = Count("otelcol_receiver_failed_log_records", "Log records whose sender was told to try again.");
        _sent = Count("otelcol_exporter_sent_log_records", "Log records that Kafka has.");
        _sendFailed = Count("otelcol_exporter_send_failed_log_records", "Log records that Kafka refused for good.");
        Observe("otelcol_exporter_queue_size", () => Buffered, "Bytes that wait for Kafka.");
        Observe("otelcol_exporter_queue_capacity", () => options.MaxBufferedBytes, "Bytes that may wait for Kafka.");
        _refused.Add(0, Receiver);
        _sendFailed.Add(0, Exporter);

        Counter<long> Count(string name, string description) => meter.CreateCounter<long>(name, null, description);

        void Observe(string name, Func<long> value, string description) =>
            meter.CreateObservableGauge(name, () => new Measurement<long>(value(), Exporter), null, description);
    }

    /// <summary>Bytes that wait for Kafka.</summary>
    public long Buffered => Volatile.Read(ref _buffered);

    /// <summary>Takes room for bytes that wait for Kafka.</summary>
    /// <returns>Whether there was as much.</returns>
    public bool TryTake(long bytes, long capacity)
    {
        if (Interlocked.Add(ref _buffered, bytes) <= capacity)
            return true;
        Release(bytes);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _buffered, -bytes);

    public void Delivered(int lines)
    {
        _accepted.Add(lines, Receiver);
        _sent.Add(lines, Exporter);
    }

    public void Refused(int lines) => _refused.Add(lines, Receiver);

    public void RefusedByKafka(int lines) => _sendFailed.Add(lines, Exporter);

    public void Unavailable(int lines) => _failed.Add(lines, Receiver);
}
