using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Observability.Forwarder.Metrics;

namespace Observability.Forwarder.Tests.Metrics;

/// <summary>What <c>/metrics</c> tells. Names and tags stand in the README; dashboards and rules ask for them.</summary>
public sealed class ForwarderMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly List<Instrument> _instruments = [];
    private readonly List<string> _measured = [];
    private readonly ForwarderMetrics _metrics;

    public ForwarderMetricsTests()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope != factory)
                return;
            _instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
        _metrics = new ForwarderMetrics(factory);
    }

    [Fact]
    public void Every_instrument_has_its_name_its_unit_and_a_description()
    {
        Assert.Equal(
            [
                "active_streams {stream}", "assigned_partitions {partition}", "buffered_bytes {byte}", "commits {commit}",
                "consumer_lag_records {record}", "dead_lettered_lines {line}", "end_to_end_latency s", "held_partitions {partition}",
                "limited_streams {stream}", "line_bytes {byte}", "lines {line}", "offset_resets {reset}", "overflow_lines {line}",
                "paused ", "pending_records {record}", "push_bytes {byte}", "push_duration s", "push_retries {push}",
                "rebalances {rebalance}", "record_bytes {byte}", "records {record}", "rejected_lines {line}", "set_aside_bytes {byte}",
                "stalled_partitions {partition}", "stored_lines {line}", "undecodable_records {record}", "unreadable_batches {batch}",
            ],
            _instruments.Select(instrument => $"{instrument.Name["forwarder_".Length..]} {instrument.Unit}").Order(StringComparer.Ordinal));
        Assert.All(_instruments, instrument => Assert.StartsWith("forwarder_", instrument.Name, StringComparison.Ordinal));
        Assert.All(_instruments, instrument => Assert.False(string.IsNullOrWhiteSpace(instrument.Description), instrument.Name));
    }

    [Fact]
    public void What_is_counted_of_a_topic_is_told_by_topic()
    {
        var (logs, others) = (_metrics.CountersOf("logs"), _metrics.CountersOf("others"));
        logs.AddRecord(100);
        _metrics.CountersOf("logs").AddRecord(20);
        logs.AddLines(3, 90);
        logs.AddLines(2, 25);
        logs.AddStored(4);
        logs.AddUndecodable();
        others.AddRecord(7);

        Assert.Equal(
            [
                "records 2 topic=logs", "records 1 topic=others", "record_bytes 120 topic=logs", "record_bytes 7 topic=others",
                "lines 5 topic=logs", "lines 0 topic=others", "line_bytes 115 topic=logs", "line_bytes 0 topic=others",
                "stored_lines 4 topic=logs", "stored_lines 0 topic=others", "undecodable_records 1 topic=logs",
                "undecodable_records 0 topic=others",
            ],
            Observed().Where(measured => measured.Contains("topic=", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_so_of_a_partition_is_told_as_far_as_it_is_known()
    {
        _metrics.Partitions =
        [
            new PartitionGauges("logs", 0) { Lag = 12, Pending = 5 }, new PartitionGauges("logs", 1) { StallReason = "not_read" },
        ];

        Assert.Equal(
            [
                "consumer_lag_records 12 topic=logs,partition=0", "pending_records 5 topic=logs,partition=0",
                "pending_records 0 topic=logs,partition=1", "stalled_partitions 1 topic=logs,partition=1,reason=not_read",
            ],
            Observed().Where(measured => measured.Contains("partition=", StringComparison.Ordinal)));
        Assert.Contains("assigned_partitions 2 ", Observed());
    }

    [Fact]
    public void What_is_so_of_the_Forwarder_is_told()
    {
        _metrics.BufferedBytes = 1;
        _metrics.SetAsideBytes = 2;
        _metrics.LimitedStreams = 3;
        _metrics.ActiveStreams = 4;
        _metrics.OverflowLines = 5;
        _metrics.HeldPartitions = 6;
        _metrics.IsPaused = true;

        Assert.Equal(
            [
                "assigned_partitions 0 ", "buffered_bytes 1 ", "set_aside_bytes 2 ", "limited_streams 3 ", "active_streams 4 ", "paused 1 ",
                "overflow_lines 5 ", "held_partitions 6 ",
            ],
            Observed());
        _metrics.IsPaused = false;
        Assert.Contains("paused 0 ", Observed());
    }

    [Fact]
    public void What_happens_is_told_with_its_reason()
    {
        _metrics.Pushed(204, 1_000, TimeSpan.FromMilliseconds(250));
        _metrics.Pushed(0, 10, TimeSpan.FromSeconds(30));
        _metrics.Pushed(503, 20, TimeSpan.FromSeconds(2));
        _metrics.Retry("timeout");
        _metrics.Rejected("too_old", 3);
        _metrics.DeadLettered("logs", "too_old", 2);
        _metrics.OffsetsReset("logs");
        _metrics.CouldNotRead("logs");
        _metrics.Rebalanced("revoked");
        _metrics.Committed(succeeded: true);
        _metrics.Committed(succeeded: false);
        _metrics.Latency(TimeSpan.FromMilliseconds(1_500));

        Assert.Equal(
            [
                "push_bytes 1000 ", "push_duration 0.25 code=204", "push_bytes 10 ", "push_duration 30 code=none", "push_bytes 20 ",
                "push_duration 2 code=503", "push_retries 1 reason=timeout", "rejected_lines 3 reason=too_old",
                "dead_lettered_lines 2 topic=logs,reason=too_old", "offset_resets 1 topic=logs", "unreadable_batches 1 topic=logs",
                "rebalances 1 type=revoked", "commits 1 result=success", "commits 1 result=failure", "end_to_end_latency 1.5 ",
            ],
            _measured);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private List<string> Observed()
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
        return [.. _measured];
    }

    private void Add(Instrument instrument, IFormattable value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Add($"{instrument.Name["forwarder_".Length..]} {value.ToString(null, CultureInfo.InvariantCulture)} "
            + string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")));
}
