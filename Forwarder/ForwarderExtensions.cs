using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Observability.Forwarder;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Tracing;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Loki;
using Observability.ServiceDefaults.Settings;
using Observability.ServiceDefaults.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds the Forwarder to a host.</summary>
public static class ForwarderExtensions
{
    // Bytes for key, headers and the broker's own in a dead letter.
    private const int HeaderRoom = 1_000_000;

    /// <summary>Adds Kafka → Loki as a hosted service, with its health checks and metrics.</summary>
    /// <param name="builder">The host's builder. It reads <c>ConnectionStrings:kafka</c>, <c>ConnectionStrings:loki</c> and the section
    /// <c>Forwarder</c>.</param>
    /// <returns>The same <paramref name="builder"/>.</returns>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static TBuilder AddForwarder<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;

        // Before any client exists: what is wrong ends the program with a line, and not with a client's troubles.
        var options = SettingsReader.Read<ForwarderOptions>(builder.Configuration);
        _ = LokiEndpoint.Parse(builder.Configuration);
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(options));

        ClientConfiguration.Require<ConsumerConfig>(builder.Configuration, "Consumer", "kafka");
        ClientConfiguration.Require<ProducerConfig>(builder.Configuration, "Producer", "kafka");
        KafkaConsumerSettings? consumerSettings = null;
        builder.AddKafkaConsumer<byte[], byte[]>("kafka", settings =>
        {
            consumerSettings = settings;
            // Records never pass through Consume(), where the package's tracing and metrics sit, and its health check writes messages.
            settings.DisableHealthChecks = settings.DisableMetrics = settings.DisableTracing = true;
            BootstrapServers.Require(settings.ConnectionString, settings.Config, "kafka", builder.Configuration);
            ConsumerDefaults.Apply(settings.Config, options, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        }, ConfigureConsumer);
        builder.AddKafkaProducer<byte[], byte[]>("kafka", settings =>
        {
            settings.DisableHealthChecks = true;
            ConfigureProducer(settings.Config, options);
        }, (_, producer) => producer.SetErrorHandler((_, _) => { }));

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ForwarderMetrics>();
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(ForwarderMetrics.MeterName));
        services.Configure<MetricSeriesOptions>(series => series.Many.UnionWith([.. ForwarderMetrics.ByTopic, .. KafkaMetrics.ByTopic]));
        services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddSource(RecordTracing.SourceName));
        services.AddSingleton<PartitionAssignment>();
        services.AddSingleton<IPushClient, LokiClient>();
        services.AddSingleton<StreamLedger>();
        services.AddSingleton<DeadLetterWriter>();
        services.AddSingleton<DeadLetterQueue>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LimitedStreams>(provider, Random.Shared));
        services.AddTransient<IBatchSender, BatchSender>();
        services.AddSingleton<Func<IBatchSender>>(provider => provider.GetRequiredService<IBatchSender>);
        services.AddSingleton<IRecordConsumer, RecordConsumer>();
        services.AddSingleton<IBatchEndFinder>(_ => new BatchEndFinder(() => Copy(consumerSettings!)));
        services.AddSingleton<StallWatch>();
        services.AddSingleton<IWakeUp, WakeUp>();
        services.AddSingleton<FatalError>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PipelineComposition>(provider, TaskScheduler.Default));
        services.AddSingleton(provider => provider.GetRequiredService<PipelineComposition>().Pipeline);
        services.AddHostedService<ForwarderService>();
        // Behind the service: what is last is stopped first, and the service closes the consumer that this one asks through.
        services.AddHostedService<KafkaMetrics>();
        services.AddHealthChecks().AddKafka(provider => provider.GetRequiredService<IConsumer<byte[], byte[]>>().Handle)
            .AddLoki(options.Loki)
            .AddCheck<StalledPartitionsHealthCheck>("partitions");

        // The host must not cut off what DrainTimeout allows.
        services.Configure<HostOptions>(host =>
        {
            var needed = options.DrainTimeout + TimeSpan.FromSeconds(10);
            if (host.ShutdownTimeout < needed)
                host.ShutdownTimeout = needed;
        });
        return builder;
    }

    private static void ConfigureConsumer(IServiceProvider services, ConsumerBuilder<byte[], byte[]> builder)
    {
        var assignment = services.GetRequiredService<PartitionAssignment>();
        var metrics = services.GetRequiredService<ForwarderMetrics>();
        builder.SetPartitionsAssignedHandler((_, partitions) => assignment.OnAssigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => assignment.OnRevoked(partitions.Select(p => p.TopicPartition), areLost: false))
            .SetPartitionsLostHandler((_, partitions) => assignment.OnRevoked(partitions.Select(p => p.TopicPartition), areLost: true))
            .SetOffsetsCommittedHandler((_, offsets) => metrics.Committed(!offsets.Error.IsError))
            // librdkafka recovers from these by itself, and logs them. What it cannot recover from comes with the records.
            .SetErrorHandler((_, _) => { });
    }

    // A second consumer goes to the same brokers, with the same credentials.
    private static ConsumerConfig Copy(KafkaConsumerSettings settings)
    {
        var config = new ConsumerConfig(settings.Config.ToDictionary(setting => setting.Key, setting => setting.Value));
        config.BootstrapServers = settings.ConnectionString ?? config.BootstrapServers;
        return config;
    }

    private static void ConfigureProducer(ProducerConfig config, ForwarderOptions options)
    {
        config.Acks = Acks.All;
        config.EnableIdempotence ??= true;
        config.CompressionType ??= CompressionType.Lz4;
        // A record of the largest size that is forwarded grows by its headers.
        config.MessageMaxBytes ??= options.MaxRecordBytes + HeaderRoom;
        config.ClientId ??= "forwarder";
    }
}
