using Observability.AllInOne.Hosting;
using Observability.Embedded.EmbeddedKafka;

namespace Observability.AllInOne.Parts;

/// <summary>The embedded broker alone.</summary>
internal static class KafkaPart
{
    private static readonly string Topics = string.Join(", ", PipelineTopics.Lines);

    /// <summary>Runs it until it is told to stop.</summary>
    /// <param name="overrides">Settings that count before those of the environment.</param>
    /// <param name="started">Told where the broker is; null when nobody asks.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="PortInUseException">A port is taken.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static async Task RunAsync(IEnumerable<KeyValuePair<string, string?>> overrides, Action<string, string>? started, CancellationToken cancellationToken)
    {
        var builder = PartHost.CreateBuilder(overrides, defaultPort: 0);
        var settings = AllInOneSettings.Read(builder.Configuration);
        using var broker = PipelineBroker.Start(settings);
        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/", () => TypedResults.Redirect(ServiceDefaultsExtensions.HealthPath));
        await PartHost.RunAsync(app, Announce, cancellationToken);

        void Announce(ILogger logger, string address)
        {
            const long RetentionMiB = EmbeddedKafkaBroker.RetentionBytesPerPartition / (1024 * 1024);
            PartLog.Kafka(logger, broker.BootstrapServers, Topics, settings.Partitions, PipelineTopics.DeadLetters, RetentionMiB, address);
            started?.Invoke(broker.BootstrapServers, address);
        }
    }
}
