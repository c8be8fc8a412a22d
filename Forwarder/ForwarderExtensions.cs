using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Observability.Forwarder;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Kafka;
using OpenTelemetry.Metrics;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds the Forwarder to a host.</summary>
public static class ForwarderExtensions
{
    /// <summary>Adds Kafka → Loki as a hosted service, with its health checks and metrics.</summary>
    /// <param name="builder">The host's builder. It reads <c>ConnectionStrings:kafka</c>, <c>ConnectionStrings:loki</c> and the section <c>Forwarder</c>.</param>
    /// <returns>The same <paramref name="builder"/>.</returns>
    public static TBuilder AddForwarder<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        services.AddOptions<ForwarderOptions>().BindConfiguration(ForwarderOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ForwarderOptions>, ForwarderOptionsValidator>();
        var options = builder.Configuration.GetSection(ForwarderOptions.Section).Get<ForwarderOptions>() ?? new();

        builder.AddKafkaConsumer<byte[], byte[]>("kafka", settings =>
        {
            // Records never pass through Consume(), where the package's tracing and metrics sit, and its health check writes messages.
            settings.DisableHealthChecks = settings.DisableMetrics = settings.DisableTracing = true;
            BootstrapServers.Require(settings.ConnectionString, settings.Config, "kafka");
            ConfigureConsumer(settings.Config, options);
        }, ConfigureConsumer);
        builder.AddKafkaProducer<byte[], byte[]>("kafka", settings =>
        {
            settings.DisableHealthChecks = true;
            ConfigureProducer(settings.Config);
        }, (_, producer) => producer.SetErrorHandler((_, _) => { }));

        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<ForwarderMetrics>();
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(ForwarderMetrics.MeterName));
        services.AddSingleton<PartitionAssignment>();
        services.AddSingleton<LokiClient>();
        services.AddSingleton<DeadLetterWriter>();
        services.AddTransient<BatchSender>();
        services.AddSingleton<Func<BatchSender>>(provider => provider.GetRequiredService<BatchSender>);
        services.AddSingleton<Pipeline>();
        services.AddHostedService<ForwarderService>();
        // Behind the service: what is last is stopped first, and the service closes the consumer that this one asks through.
        services.AddHostedService<KafkaMetrics>();
        services.AddHealthChecks().AddKafka(provider => provider.GetRequiredService<IConsumer<byte[], byte[]>>().Handle).AddLoki();

        // The host must not cut off what DrainTimeout allows.
        services.Configure<HostOptions>(host =>
        {
            var needed = options.DrainTimeout + TimeSpan.FromSeconds(10);
            if (host.ShutdownTimeout < needed)
                host.ShutdownTimeout = needed;
        });
        return builder;
    }

    // Whatever Aspire:Confluent:Kafka:Consumer:Config says wins, but for what the promise rests on.
    private static void ConfigureConsumer(ConsumerConfig config, ForwarderOptions options)
    {
        config.GroupId ??= options.GroupId;
        config.AutoOffsetReset ??= AutoOffsetReset.Earliest;
        // With the consumer protocol (KIP-848) the broker assigns, incrementally as well, and a client's strategy is an error.
        if (config.GroupProtocol != GroupProtocol.Consumer)
            config.PartitionAssignmentStrategy ??= PartitionAssignmentStrategy.CooperativeSticky;
        config.AutoCommitIntervalMs ??= (int)options.CommitInterval.TotalMilliseconds;
        // 16 MiB ahead is some 80,000 lines: enough to never wait, and a tenth of what librdkafka would hold by default.
        config.QueuedMaxMessagesKbytes ??= 16 * 1024;
        config.QueuedMinMessages ??= 50_000;
        // How long librdkafka stops fetching when it is that far ahead. Its second would be longer than what is ahead lasts.
        config.FetchQueueBackoffMs ??= 10;
        config.ClientId ??= "forwarder";
        // While the broker is away every attempt is a line in the log.
        config.ReconnectBackoffMs ??= 1000;

        // librdkafka's at-least-once recipe (INTRODUCTION.md): it commits what was stored, and only finished work is stored.
        config.EnableAutoCommit = true;
        config.EnableAutoOffsetStore = false;
        config.EnablePartitionEof = false;
    }

    private static void ConfigureConsumer(IServiceProvider services, ConsumerBuilder<byte[], byte[]> builder)
    {
        var assignment = services.GetRequiredService<PartitionAssignment>();
        var metrics = services.GetRequiredService<ForwarderMetrics>();
        builder.SetPartitionsAssignedHandler((_, partitions) => assignment.OnAssigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => assignment.OnRevoked(partitions.Select(p => p.TopicPartition), areLost: false))
            .SetPartitionsLostHandler((_, partitions) => assignment.OnRevoked(partitions.Select(p => p.TopicPartition), areLost: true))
            .SetOffsetsCommittedHandler((_, offsets) => metrics.Committed(!offsets.Error.IsError))
            .SetErrorHandler((_, error) =>
            {
                // librdkafka recovers from all others by itself, and logs them.
                if (error.IsFatal)
                    services.GetRequiredService<Pipeline>().Fail(new KafkaException(error));
            });
    }

    private static void ConfigureProducer(ProducerConfig config)
    {
        config.Acks = Acks.All;
        config.EnableIdempotence ??= true;
        config.CompressionType ??= CompressionType.Lz4;
        // A record of the largest size that a topic takes grows by its headers.
        config.MessageMaxBytes ??= 16 * 1024 * 1024;
        config.ClientId ??= "forwarder";
    }
}
