using Observability.AllInOne.Hosting;
using Observability.AllInOne.Settings;
using Observability.Embedded.EmbeddedCollector;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Settings;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.AllInOne.Parts;

/// <summary>The embedded collector alone, in Alloy's place: OTLP in, Kafka out.</summary>
internal static class CollectorPart
{
    /// <summary>Where Kafka is.</summary>
    public static SettingOption Kafka => new("--kafka", ConnectionSettings.Kafka());

    /// <summary>Runs it until it is told to stop. No broker need be there.</summary>
    /// <param name="options">The settings of the command line.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="PortInUseException">A port is taken.</exception>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static Task RunAsync(CommandLineSettings options, CancellationToken cancellationToken) =>
        RunAsync(options, null, cancellationToken);

    // Tests are told where OTLP over HTTP goes, and everything that is listened on.
    internal static async Task RunAsync(CommandLineSettings options, Action<Uri, string>? started, CancellationToken cancellationToken)
    {
        var builder = PartHost.CreateBuilder(options, defaultPort: 0);
        var settings = SettingsReader.Read<AllInOneSettings>(builder.Configuration);
        var servers = builder.Configuration.GetConnectionString("kafka") ?? "";
        BootstrapServers.Require(servers, new(), "kafka", builder.Configuration);

        using var listeners = new LoopbackListeners();
        var otlp = listeners.AddHttp(settings.OtlpPort, "--otlp-port");
        var otlpGrpc = listeners.AddOtlpGrpc(settings.OtlpGrpcPort, "--otlp-grpc-port");
        listeners.ListenOn(builder.WebHost);
        PartHost.ListenOnUrls(builder);
        builder.Services.AddEmbeddedCollector(collector => collector.BootstrapServers = servers);

        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapEmbeddedCollector();
        app.MapGet("/", () => TypedResults.Redirect(ServicePaths.Health));
        await PartHost.RunAsync(app, Announce, cancellationToken);

        void Announce(ILogger logger, string addresses)
        {
            PartLog.Collector(logger, otlp, otlpGrpc, servers, Topics.Alloy, addresses);
            started?.Invoke(otlp, addresses);
        }
    }
}
