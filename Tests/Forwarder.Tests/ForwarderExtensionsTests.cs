using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Observability.Embedded.EmbeddedKafka;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Tests.Delivery;
using Observability.Forwarder.Tracing;
using Observability.ServiceDefaults.Settings;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Observability.Forwarder.Tests;

public sealed class ForwarderExtensionsTests
{
    private const string Producer = "Aspire:Confluent:Kafka:Producer:Config:";

    [Fact]
    public void The_clients_have_what_the_promise_rests_on_and_a_dead_letter_may_be_larger_than_its_record()
    {
        using var host = Build(("Forwarder:MaxRecordBytes", "20000000"));
        var consumer = host.Services.GetRequiredService<IConsumer<byte[], byte[]>>();
        var producer = host.Services.GetRequiredService<IProducer<byte[], byte[]>>();

        Assert.Equal(("forwarder", "true", "false", "forwarder"),
            (NativeClient.Setting(consumer, "group.id"), NativeClient.Setting(consumer, "enable.auto.commit"),
                NativeClient.Setting(consumer, "enable.auto.offset.store"), NativeClient.Setting(consumer, "client.id")));
        Assert.Equal(("-1", "true", "lz4", "forwarder"),
            (NativeClient.Setting(producer, "acks"), NativeClient.Setting(producer, "enable.idempotence"),
                NativeClient.Setting(producer, "compression.type"), NativeClient.Setting(producer, "client.id")));
        Assert.InRange(
            int.Parse(NativeClient.Setting(producer, "message.max.bytes"), CultureInfo.InvariantCulture), 20_100_000, 30_000_000);
    }

    [Fact]
    public void What_a_user_has_set_of_the_producer_stays_but_for_the_acknowledgement_by_all_replicas()
    {
        using var host = Build(
            (Producer + "Acks", "None"), (Producer + "EnableIdempotence", "false"), (Producer + "CompressionType", "Zstd"),
            (Producer + "MessageMaxBytes", "5000000"), (Producer + "ClientId", "me"));
        var producer = host.Services.GetRequiredService<IProducer<byte[], byte[]>>();

        Assert.Equal(("-1", "false", "zstd", "5000000", "me"),
            (NativeClient.Setting(producer, "acks"), NativeClient.Setting(producer, "enable.idempotence"),
                NativeClient.Setting(producer, "compression.type"), NativeClient.Setting(producer, "message.max.bytes"),
                NativeClient.Setting(producer, "client.id")));
    }

    [Fact]
    public void The_settings_are_those_of_all_its_parts()
    {
        using var host = Build(("Forwarder:MaxStreams", "77"));

        Assert.Equal(77, host.Services.GetRequiredService<IOptions<ForwarderOptions>>().Value.MaxStreams);
    }

    [Fact]
    public void Its_metrics_and_traces_go_where_the_hosts_do()
    {
        using var metrics = new NameExporter<Metric>(metric => metric.Name);
        using var traces = new NameExporter<Activity>(span => span.DisplayName);
        using var host = Build(builder => builder.Services.AddOpenTelemetry()
            .WithMetrics(meters => meters.AddReader(new BaseExportingMetricReader(metrics)))
            .WithTracing(tracing => tracing.AddProcessor(new SimpleActivityExportProcessor(traces))));
        var meters = host.Services.GetRequiredService<MeterProvider>();
        host.Services.GetRequiredService<TracerProvider>();

        host.Services.GetRequiredService<ForwarderMetrics>().OffsetsReset("test-logs");
        meters.ForceFlush();
        RecordTracing.Source.StartActivity("a record")!.Dispose();

        Assert.Contains("forwarder_offset_resets", metrics.Names);
        Assert.Contains("a record", traces.Names);
    }

    /// <summary>Only of those that are revoked, and not lost, what was read is delivered and handed on first.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Partitions_that_come_and_are_revoked_are_told_as_such()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions());
        broker.CreateTopic("logs", 1);
        using var host = Build(
            ("ConnectionStrings:kafka", broker.BootstrapServers),
            ("Aspire:Confluent:Kafka:Consumer:Config:GroupProtocol", nameof(GroupProtocol.Consumer)));
        host.Services.GetRequiredService<Pipeline>();
        using var counts = new MetricRecorder(host.Services.GetRequiredService<IMeterFactory>());
        var consumer = host.Services.GetRequiredService<IRecordConsumer>();
        var assignment = host.Services.GetRequiredService<PartitionAssignment>();
        var stop = TestContext.Current.CancellationToken;

        consumer.Subscribe(["logs"]);
        await Task.Run(() => Poll(consumer, () => assignment.Partitions.Count == 1, stop), stop);
        consumer.Unsubscribe();
        await Task.Run(() => Poll(consumer, () => assignment.Partitions.Count == 0, stop), stop);
        consumer.Detach();

        Assert.Equal(["forwarder_rebalances type=assigned 1", "forwarder_rebalances type=revoked 1"],
            counts.Counted.Where(count => count.StartsWith("forwarder_rebalances", StringComparison.Ordinal)));
    }

    /// <summary>What is last is stopped first, and the service closes the consumer that the metrics ask through.</summary>
    [Fact]
    public void The_service_starts_before_the_metrics_that_ask_through_its_consumer()
    {
        using var host = Build();

        var services = host.Services.GetServices<IHostedService>().Select(service => service.GetType()).ToList();

        Assert.InRange(services.IndexOf(typeof(ForwarderService)), 0, services.IndexOf(typeof(KafkaMetrics)) - 1);
    }

    [Fact]
    public void Health_is_that_of_Kafka_of_Loki_and_of_the_partitions()
    {
        using var host = Build();

        var checks = host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations;

        Assert.Equal(["kafka", "loki", "partitions"], checks.Select(check => check.Name).Order());
        Assert.IsType<StalledPartitionsHealthCheck>(checks.Single(check => check.Name == "partitions").Factory(host.Services));
    }

    [Theory]
    [InlineData("00:01:00", 30, 61, 120)]
    [InlineData("00:01:00", 300, 300, 300)]
    public void The_host_does_not_cut_off_the_drain_and_a_longer_patience_of_its_own_stays(string drain, int own, int least, int most)
    {
        using var host = Build(
            builder => builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(own)),
            ("Forwarder:DrainTimeout", drain));

        Assert.InRange(host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout,
            TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));
    }

    [Fact]
    public void Without_a_broker_it_is_said_at_once_which_setting_is_missing()
    {
        var exception = Assert.Throws<SettingsException>(() => Build(("ConnectionStrings:kafka", "")));

        Assert.Contains("kafka", exception.Message, StringComparison.Ordinal);
    }

    // What the client has to tell it tells within a read.
    private static void Poll(IRecordConsumer consumer, Func<bool> condition, CancellationToken stop)
    {
        while (!condition() && !stop.IsCancellationRequested)
            consumer.Read(TimeSpan.FromMilliseconds(20));
    }

    private static IHost Build(params (string Name, string? Value)[] settings) => Build(_ => { }, settings);

    private static IHost Build(Action<HostApplicationBuilder> configure, params (string Name, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:kafka"] = "127.0.0.1:1",
            ["ConnectionStrings:loki"] = "http://127.0.0.1:1",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => setting.Value));
        builder.Logging.ClearProviders();
        configure(builder);
        builder.AddForwarder();
        return builder.Build();
    }
}
