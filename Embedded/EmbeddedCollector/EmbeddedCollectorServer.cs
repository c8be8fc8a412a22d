using System.Net;
using Observability.Embedded.EmbeddedCollector.Export;
using Observability.Embedded.EmbeddedCollector.Settings;
using Observability.Embedded.Hosting;
using OpenTelemetry.Metrics;

namespace Observability.Embedded.EmbeddedCollector;

/// <summary>The embedded collector with listeners of its own on 127.0.0.1, for tests and tools.</summary>
public sealed class EmbeddedCollectorServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EmbeddedCollectorServer(WebApplication app)
    {
        _app = app;
        var addresses = app.Urls.Select(address => new Uri(address)).ToList();
        (HttpAddress, GrpcAddress) = (addresses[0], addresses[1]);
    }

    /// <summary>Where OTLP over HTTP goes, such as <c>http://127.0.0.1:4318</c>; <c>/metrics</c> is there too.</summary>
    public Uri HttpAddress { get; }

    /// <summary>Where OTLP over gRPC goes, such as <c>http://127.0.0.1:4317</c>.</summary>
    public Uri GrpcAddress { get; }

    /// <summary>Bytes that wait for Kafka.</summary>
    public long BufferedBytes => _app.Services.GetRequiredService<CollectorMetrics>().Buffered;

    /// <summary>Starts to listen. No broker need be there.</summary>
    /// <param name="options">Where Kafka is, and the limits.</param>
    /// <param name="httpPort">TCP port of OTLP over HTTP; 0 for a free one.</param>
    /// <param name="grpcPort">TCP port of OTLP over gRPC; 0 for a free one.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <returns>The collector, ready for requests.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<EmbeddedCollectorServer> StartAsync(
        EmbeddedCollectorOptions options, int httpPort = 0, int grpcPort = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);

        // Not CreateBuilder: no configuration file or environment variable of the process shall change a test's server.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, httpPort);
            kestrel.Listen(IPAddress.Loopback, grpcPort, endpoint => endpoint.ForOtlpGrpc());
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddEmbeddedCollector(options);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddPrometheusExporter());

        var app = builder.Build();
        app.UseRouting();
        app.MapEmbeddedCollector();
        app.MapPrometheusScrapingEndpoint();
        await app.StartOrDisposeAsync(cancellationToken);
        return new EmbeddedCollectorServer(app);
    }

    /// <summary>Stops to listen, once what is under way is answered.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
