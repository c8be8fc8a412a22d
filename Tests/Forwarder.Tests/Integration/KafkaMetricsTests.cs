using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Observability.Embedded.EmbeddedKafka;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>What the dashboards and rules know of Kafka, on the real wire.</summary>
public sealed class KafkaMetricsTests
{
    [Fact(Timeout = 60_000)]
    public async Task Ends_commits_and_lag_are_those_of_Kafka_also_of_partitions_that_nobody_reads()
    {
        using var broker = EmbeddedKafkaBroker.Start(
            new EmbeddedKafkaOptions { Topics = { ["test-logs"] = 2, ["dead-letters"] = 1, ["others"] = 1 } });
        await ProduceAsync(broker, new("test-logs", 0), 5);
        await ProduceAsync(broker, new("test-logs", 1), 3);
        await ProduceAsync(broker, new("dead-letters", 0), 1);
        await ProduceAsync(broker, new("others", 0), 1);
        using var consumer = Consumer(broker.BootstrapServers);
        consumer.Commit([new("test-logs", 0, 2)]);
        await using var metrics = await Running.StartAsync(consumer);

        await Stack.UntilAsync(() => metrics.Read("forwarder_kafka_group_lag_records").Count > 0);

        Assert.Equal(new() { ["test-logs/0"] = 5, ["test-logs/1"] = 3, ["dead-letters/0"] = 1 },
            metrics.Read("forwarder_kafka_end_offset"));
        Assert.Equal(new() { ["test-logs/0"] = 0, ["test-logs/1"] = 0, ["dead-letters/0"] = 0 },
            metrics.Read("forwarder_kafka_start_offset"));
        Assert.Equal(new() { ["test-logs/0"] = 2 }, metrics.Read("forwarder_kafka_committed_offset"));
        Assert.Equal(new() { ["test-logs/0"] = 3, ["test-logs/1"] = 3 }, metrics.Read("forwarder_kafka_group_lag_records"));
        Assert.Equal(new() { ["test-logs"] = 0, ["dead-letters"] = 0 }, metrics.Read("forwarder_kafka_leaderless_partitions"));
        Assert.Equal(new() { ["test-logs"] = 0, ["dead-letters"] = 0 }, metrics.Read("forwarder_kafka_under_replicated_partitions"));
        Assert.Equal(new() { [""] = 1 }, metrics.Read("forwarder_kafka_brokers"));
        Assert.All(KafkaMetrics.ByTopic, name => Assert.NotEmpty(metrics.Read(name)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Topics_are_those_of_the_settings_by_their_whole_names_and_by_patterns()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions
        {
            Topics =
            {
                ["test-logs"] = 1, ["test-logs-2"] = 1, ["logs"] = 1, ["audit-1"] = 1, ["my-audit-2"] = 1, ["dead-letters"] = 1,
                ["my-dead-letters"] = 1,
            },
        });
        using var consumer = Consumer(broker.BootstrapServers);
        await using var metrics = await Running.StartAsync(consumer, "test-logs,^audit-.*");

        await Stack.UntilAsync(() => metrics.Read("forwarder_kafka_end_offset").Count > 0);

        Assert.Equal(["audit-1/0", "dead-letters/0", "test-logs/0"], metrics.Read("forwarder_kafka_end_offset").Keys.Order());
        Assert.Equal(["audit-1/0", "test-logs/0"], metrics.Read("forwarder_kafka_group_lag_records").Keys.Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_partition_that_nobody_leads_is_counted_and_has_no_offsets()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { ["test-logs"] = 3, ["dead-letters"] = 1 } });
        using var consumer = Consumer(broker.BootstrapServers);
        broker.MoveLeader("test-logs", 1, -1);
        await using var metrics = await Running.StartAsync(consumer);

        await Stack.UntilAsync(() => metrics.Read("forwarder_kafka_end_offset").Count > 0);

        Assert.Equal(new() { ["test-logs"] = 1, ["dead-letters"] = 0 }, metrics.Read("forwarder_kafka_leaderless_partitions"));
        Assert.Equal(["dead-letters/0", "test-logs/0", "test-logs/2"], metrics.Read("forwarder_kafka_end_offset").Keys.Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_instrument_says_what_it_means()
    {
        using var consumer = Consumer("127.0.0.1:1");
        await using var metrics = await Running.StartAsync(consumer);

        Assert.Equal(
            [
                "brokers {broker}", "committed_offset ", "end_offset ", "group_lag_records {record}", "leaderless_partitions {partition}",
                "start_offset ", "under_replicated_partitions {partition}",
            ],
            metrics.Instruments.Select(instrument => $"{instrument.Name["forwarder_kafka_".Length..]} {instrument.Unit}").Order());
        Assert.All(metrics.Instruments, instrument => Assert.False(string.IsNullOrWhiteSpace(instrument.Description), instrument.Name));
    }

    [Fact(Timeout = 60_000)]
    public async Task They_follow_what_is_written_though_no_record_is_read()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { ["test-logs"] = 1, ["dead-letters"] = 1 } });
        using var consumer = Consumer(broker.BootstrapServers);
        await using var metrics = await Running.StartAsync(consumer);
        await Stack.UntilAsync(() => metrics.Read("forwarder_kafka_end_offset").Count > 0);

        await ProduceAsync(broker, new("test-logs", 0), 7);
        await Stack.UntilAsync(() =>
        {
            metrics.Time.Advance(TimeSpan.FromSeconds(15));
            return metrics.Read("forwarder_kafka_end_offset").GetValueOrDefault("test-logs/0") == 7;
        });

        Assert.Equal(7, metrics.Read("forwarder_kafka_group_lag_records")["test-logs/0"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_a_broker_they_are_absent_rather_than_old()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { ["test-logs"] = 1, ["dead-letters"] = 1 } });
        using var consumer = Consumer(broker.BootstrapServers);
        await using var metrics = await Running.StartAsync(consumer);
        await Stack.UntilAsync(() => metrics.Read("forwarder_kafka_end_offset").Count > 0);

        broker.TakeDown();
        await Stack.UntilAsync(() =>
        {
            metrics.Time.Advance(TimeSpan.FromSeconds(15));
            return metrics.Read("forwarder_kafka_end_offset").Count == 0;
        });

        Assert.Equal(new() { [""] = 0 }, metrics.Read("forwarder_kafka_brokers"));
    }

    private static IConsumer<byte[], byte[]> Consumer(string servers) =>
        new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = servers, GroupId = "forwarder" }).SetErrorHandler(
            (_, _) => { }).SetLogHandler((_, _) => { }).Build();

    private static async Task ProduceAsync(EmbeddedKafkaBroker broker, TopicPartition partition, int records)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
        for (var i = 0; i < records; i++)
            await producer.ProduceAsync(partition, new Message<Null, string> { Value = "a line" }, TestContext.Current.CancellationToken);
    }

    /// <summary>The metrics' service on a clock of its own, and what its instruments say.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        private readonly KafkaMetrics _metrics;

        private Running(IConsumer<byte[], byte[]> consumer, string topics) => _metrics = new KafkaMetrics(
            consumer,
            _services.GetRequiredService<IMeterFactory>(),
            Options.Create(new ForwarderOptions { Topics = topics }),
            Time,
            NullLogger<KafkaMetrics>.Instance);

        public FakeTimeProvider Time { get; } = new();

        public IReadOnlyList<Instrument> Instruments
        {
            get
            {
                List<Instrument> instruments = [];
                using var listener = new MeterListener();
                listener.InstrumentPublished = (published, _) =>
                {
                    if (published.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                        instruments.Add(published);
                };
                listener.Start();
                return instruments;
            }
        }

        public static async Task<Running> StartAsync(IConsumer<byte[], byte[]> consumer, string topics = "^test-.*")
        {
            var running = new Running(consumer, topics);
            await running._metrics.StartAsync(TestContext.Current.CancellationToken);
            return running;
        }

        /// <summary>The values of an instrument, by <c>topic</c>, by <c>topic/partition</c>, or by nothing, as the instrument has
        /// them.</summary>
        public Dictionary<string, long> Read(string instrument)
        {
            var values = new Dictionary<string, long>();
            using var listener = new MeterListener();
            listener.InstrumentPublished = (published, of) =>
            {
                if (published.Name == instrument && published.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                    of.EnableMeasurementEvents(published);
            };
            listener.SetMeasurementEventCallback<long>(
                (_, value, tags, _) =>
                {
                    var told = tags.ToArray();
                    Assert.Equal(((string[])["topic", "partition"])[..told.Length], told.Select(tag => tag.Key));
                    values.Add(string.Join('/', told.Select(tag => tag.Value)), value);
                });
            listener.Start();
            listener.RecordObservableInstruments();
            return values;
        }

        public async ValueTask DisposeAsync()
        {
            await _metrics.StopAsync(CancellationToken.None);
            _metrics.Dispose();
            await _services.DisposeAsync();
        }
    }
}
