using Observability.AllInOne.Hosting;
using Observability.AllInOne.Settings;
using Observability.Embedded.EmbeddedKafka;
using Observability.Embedded.Faults;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Settings;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.AllInOne.Parts;

/// <summary>The embedded broker alone.</summary>
internal static class KafkaPart
{
    private static readonly string Topics = string.Join(", ", PipelineTopics.Lines);

    /// <summary>Runs it until it is told to stop.</summary>
    /// <param name="options">The settings of the command line.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="PortInUseException">A port is taken.</exception>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static async Task RunAsync(CommandLineSettings options, CancellationToken cancellationToken)
    {
        var builder = PartHost.CreateBuilder(options, defaultPort: 0);
        var settings = SettingsReader.Read<AllInOneSettings>(builder.Configuration);
        using var broker = PipelineBroker.Start(settings);
        builder.Services.AddEmbeddedKafkaFaults(broker);
        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapFaults();
        app.MapGet("/", () => TypedResults.Redirect(ServicePaths.Health));
        await PartHost.RunAsync(app, Announce, cancellationToken);

        void Announce(ILogger logger, string address)
        {
            const long RetentionMiB = EmbeddedKafkaBroker.RetentionBytesPerPartition / (1024 * 1024);
            PartLog.Kafka(logger, broker.BootstrapServers, Topics, settings.Partitions, ServiceDefaults.Kafka.Topics.DeadLetters,
                RetentionMiB, address);
        }
    }
}
