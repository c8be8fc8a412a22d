using Confluent.Kafka;
using Observability.AllInOne.Settings;
using Observability.Embedded.EmbeddedKafka;
using Observability.Embedded.EmbeddedLoki.Storage;
using Observability.ServiceDefaults.Kafka;

namespace Observability.AllInOne.Flow;

/// <summary>Takes a snapshot of the flow once a second.</summary>
internal sealed class FlowMonitor(FlowMeters meters, EmbeddedKafkaBroker broker, LogStore store, AllInOneSettings settings,
    TimeProvider time) : BackgroundService
{
    // The Forwarder pushes twice a second: over less, a steady flow looks like a ragged one.
    private const int RateSeconds = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly long _start = time.GetTimestamp();
    private readonly SemaphoreSlim _sampling = new(1);
    private readonly Queue<FlowSnapshot> _recent = [];
    private (long Total, long Uncommitted, long CommittedByGenerator) _records;

    /// <summary>Raised for every snapshot.</summary>
    public event Action<FlowSnapshot>? Sampled;

    /// <summary>The newest snapshot.</summary>
    public FlowSnapshot Latest { get; private set; } = new(
        0, default, default, default, default, 0, null, null, 0, 0, 0, 0, 0, false, 0, settings.StoreBytes, 0, 0);

    /// <summary>Takes a snapshot now.</summary>
    public async Task SampleAsync()
    {
        await _sampling.WaitAsync();
        try
        {
            await CountRecordsAsync();
            meters.Observe();
            _recent.Enqueue(Latest);
            while (_recent.Count > RateSeconds)
                _recent.Dequeue();
            Latest = Take(time.GetElapsedTime(_start).TotalSeconds, _recent.Peek());
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

    private FlowSnapshot Take(double uptimeSeconds, FlowSnapshot before)
    {
        var seconds = uptimeSeconds - before.UptimeSeconds;
        var lag = meters.Sum("forwarder_consumer_lag_records");
        var deadLettered = meters.Sum("forwarder_dead_lettered_lines");
        return new FlowSnapshot(
            uptimeSeconds,
            Next(before.Generated, meters.Sum("loggenerator.lines")),
            Next(before.InKafka, _records.Total),
            Next(before.Forwarded, meters.Sum("forwarder_lines")),
            Next(before.Stored, store.StoredLines),
            lag,
            meters.Latency.QuantileMs(0.5),
            meters.Latency.QuantileMs(0.95),
            deadLettered,
            meters.Sum("forwarder_push_retries"),
            store.DeduplicatedLines,
            _records.Uncommitted,
            Missing(),
            meters.Sum("forwarder_paused") > 0,
            store.Bytes,
            settings.StoreBytes,
            store.Streams,
            store.EvictedLines);

        // What was committed was counted first and what the store has last, so that no line under way looks lost.
        // A record of the generator's topic is a line; one of Alloy's is several, which only the Forwarder can count.
        long Missing()
        {
            var generator = _records.CommittedByGenerator - meters.Sum("forwarder_dead_lettered_lines", Topics.Generator);
            var alloy = Math.Max(0, meters.Sum("forwarder_stored_lines", Topics.Alloy) - store.DeduplicatedLines);
            return Math.Max(0, generator + alloy - store.StoredLines);
        }

        Hop Next(Hop hop, long total) => new(total, seconds > 0 ? (total - hop.Total) / seconds : 0);
    }

    private async Task CountRecordsAsync()
    {
        try
        {
            var committed = await broker.GetCommittedOffsetsAsync(settings.ForwarderGroup, PipelineTopics.Lines);
            var ends = await broker.GetEndOffsetsAsync(PipelineTopics.Lines);
            var total = ends.Values.Sum(end => end.Value);
            _records = (total, total - committed.Values.Sum(),
                committed.Where(offset => offset.Key.Topic == Topics.Generator).Sum(offset => offset.Value));
        }
        catch (KafkaException)
        {
            // A broker that is down takes no records either.
        }
    }
}
