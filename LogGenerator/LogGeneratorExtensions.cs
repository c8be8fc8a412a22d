using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Observability.LogGenerator.Control;
using Observability.LogGenerator.Generation;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Telemetry;
using Observability.LogGenerator.Verification;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Settings;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds the log generator to a host.</summary>
public static class LogGeneratorExtensions
{
    private const string KafkaConnection = "kafka";

    /// <summary>
    /// Adds the generator as a hosted service, with its sinks, its control and the verifier, configured from
    /// <c>LogGenerator</c> and <c>ConnectionStrings</c>. The configuration must be complete by now.
    /// </summary>
    /// <param name="builder">The builder of the service.</param>
    /// <returns>The same <paramref name="builder"/>.</returns>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static TBuilder AddLogGenerator<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.AddLogGenerator(SettingsReader.Read<LogGeneratorSettings>(builder.Configuration));
        return builder;
    }

    /// <summary>Adds the generator with settings that were read.</summary>
    internal static void AddLogGenerator(this IHostApplicationBuilder builder, LogGeneratorSettings settings)
    {
        builder.AddLogGeneratorCore(settings);
        builder.Services.AddSingleton(
            services => new SinkSet(
                [.. services.GetRequiredService<LogGeneratorSettings>().Sinks.Select(services.GetRequiredService<SinkFactory>().Create)]));
        builder.Services.AddSingleton<GeneratorEngine>();
        builder.Services.AddSingleton<GeneratorService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GeneratorService>());
        builder.Services.AddGeneratorApi();
        if (settings.Verify.Enabled)
            builder.Services.AddHostedService<ContinuousVerifier>();
    }

    /// <summary>
    /// Maps the control API under <c>/generator</c>, <c>POST /verify</c>, and their description at <c>/openapi/v1.json</c>.
    /// </summary>
    /// <param name="app">The application of the service.</param>
    /// <returns>The same <paramref name="app"/>.</returns>
    public static WebApplication MapLogGenerator(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapGeneratorApi();
        return app;
    }

    /// <summary>Adds what a run and the verifier share.</summary>
    internal static void AddLogGeneratorCore(this IHostApplicationBuilder builder, LogGeneratorSettings settings)
    {
        builder.Services.AddSingleton(settings);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(_ => new StandardOutput(StandardStreams.OpenOutput()));
        builder.Services.AddSingleton<GeneratorControl>();
        builder.Services.AddSingleton<GeneratorMetrics>();
        builder.Services.AddSingleton<SinkFactory>();
        builder.Services.AddSingleton<BrokerTrouble>();
        builder.Services.AddSingleton<Verifier>();
        builder.Services.AddSingleton<RunningTotals>();
        builder.Services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(GeneratorMetrics.MeterName));
        builder.Services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddSource(LineTracer.SourceName));

        if (settings.Uses(SinkKind.Kafka))
            builder.AddGeneratorProducer();

        if (settings.Verify.Enabled)
            builder.Services.AddHealthChecks().AddLoki(settings.Verify);

        // The lines have standard output to themselves.
        if (settings.Uses(SinkKind.Stdout))
            builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void AddGeneratorProducer(this IHostApplicationBuilder builder)
    {
        ClientConfiguration.Require<ProducerConfig>(builder.Configuration, "Producer", KafkaConnection);
        builder.AddKafkaProducer<Null, byte[]>(KafkaConnection, settings =>
        {
            // A span a line would cost more than the line: the sink itself makes those of the lines that are traced.
            settings.DisableHealthChecks = settings.DisableTracing = true;
            var config = settings.Config;
            BootstrapServers.Require(settings.ConnectionString, config, KafkaConnection, builder.Configuration);
            config.Acks ??= Acks.All;
            config.EnableIdempotence ??= true;

            // For as long as it takes: a line that was made is not given up because a broker was away.
            config.MessageTimeoutMs ??= 0;
            config.CompressionType ??= CompressionType.Lz4;
            config.LingerMs ??= 10;
            config.QueueBufferingMaxKbytes ??= 64 * 1024;

            // A report tells whether a line failed; the copies of everything else would be an allocation a line.
            config.DeliveryReportFields = "none";
        }, (services, producer) => producer.SetErrorHandler((_, error) => services.GetRequiredService<BrokerTrouble>().Report(error)));
        builder.Services.AddHealthChecks().AddKafka(services => services.GetRequiredService<IProducer<Null, byte[]>>().Handle);
    }
}
