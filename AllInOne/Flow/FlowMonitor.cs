using Confluent.Kafka;
using Observability.AllInOne.EmbeddedKafka;
using Observability.AllInOne.EmbeddedLoki.Storage;
using Observability.AllInOne.Hosting;

namespace Observability.AllInOne.Flow;

/// <summary>Takes a snapshot of the flow once a second.</summary>
internal sealed class FlowMonitor(FlowMeters meters, EmbeddedKafkaBroker broker, LogStore store, AllInOneSettings settings, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly long _start = time.GetTimestamp();
    private readonly SemaphoreSlim _sampling = new(1);
    private long _last = time.GetTimestamp();
    private (long Generator, long Total) _records;

    /// <summary>Raised for every snapshot.</summary>
    public event Action<FlowSnapshot>? Sampled;

    /// <summary>The newest snapshot.</summary>
    public FlowSnapshot Latest { get; private set; } = new(
        0, default, default, default, default, 0, null, null, 0, 0, 0, 0, false, 0, settings.StoreBytes, 0, 0);

    /// <summary>Takes a snapshot now.</summary>
    public async Task SampleAsync()
    {
        await _sampling.WaitAsync();
        try
        {
            await CountRecordsAsync();
            var now = time.GetTimestamp();
            var seconds = time.GetElapsedTime(_last, now).TotalSeconds;
            _last = now;
            meters.Observe();
            Latest = Take(time.GetElapsedTime(_start, now).TotalSeconds, seconds);
            meters.Latency.Advance();
        }
        finally
        {
            _sampling.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _sampling.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await SampleAsync();
            Sampled?.Invoke(Latest);
        }
    }

    private FlowSnapshot Take(double uptimeSeconds, double seconds)
    {
        var lag = meters.Sum("forwarder_consumer_lag_records");
        var deadLettered = meters.Sum("forwarder_dead_lettered_lines");
        var stored = store.StoredLines;
        // A record of the generator's topic is a line; one of Alloy's is several, which only the Forwarder can count.
        var expected = _records.Generator + meters.Sum("forwarder_lines", PipelineTopics.Alloy);
        return new FlowSnapshot(
            uptimeSeconds,
            Next(Latest.Generated, meters.Sum("loggenerator.lines")),
            Next(Latest.InKafka, _records.Total),
            Next(Latest.Forwarded, meters.Sum("forwarder_lines")),
            Next(Latest.Stored, stored),
            lag,
            meters.Latency.QuantileMs(0.5),
            meters.Latency.QuantileMs(0.95),
            deadLettered,
            meters.Sum("forwarder_push_retries"),
            store.DeduplicatedLines,
            Math.Max(0, expected - stored - deadLettered - lag),
            meters.Sum("forwarder_paused") > 0,
            store.Bytes,
            settings.StoreBytes,
            store.Streams,
            store.EvictedLines);

        Hop Next(Hop last, long total) => new(total, seconds > 0 ? (total - last.Total) / seconds : 0);
    }

    private async Task CountRecordsAsync()
    {
        try
        {
            var ends = await broker.GetEndOffsetsAsync(PipelineTopics.Lines);
            _records = (ends.Where(end => end.Key.Topic == PipelineTopics.Generator).Sum(end => end.Value.Value), ends.Values.Sum(end => end.Value));
        }
        catch (KafkaException)
        {
            // A broker that is down takes no records either.
        }
    }
}
