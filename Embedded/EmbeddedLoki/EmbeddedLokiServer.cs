using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Observability.Embedded.EmbeddedLoki.Limits;
using Observability.Embedded.EmbeddedLoki.Storage;
using Observability.Embedded.Faults;
using Observability.Embedded.Hosting;
using Observability.ServiceDefaults.Http;
using OpenTelemetry.Metrics;

namespace Observability.Embedded.EmbeddedLoki;

/// <summary>The embedded log store with a listener of its own on 127.0.0.1, for tests and tools.</summary>
public sealed class EmbeddedLokiServer : IAsyncDisposable
{
    private static readonly object NextKey = new();
    private readonly WebApplication _app;

    private EmbeddedLokiServer(WebApplication app)
    {
        _app = app;
        Store = app.Services.GetRequiredService<LogStore>();
    }

    /// <summary>Base address, such as <c>http://127.0.0.1:40123</c>.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>What is stored, with its counters.</summary>
    public LogStore Store { get; }

    /// <summary>What can go wrong with it for a while; also at <c>/faults</c>.</summary>
    public FaultInjector Faults => _app.Services.GetRequiredService<FaultInjector>();

    /// <summary>
    /// Runs before a request is handled; true means that it has answered itself. So a test injects errors, or stores the request by
    /// <see cref="HandleAsync"/> and then breaks the connection.
    /// </summary>
    public Func<HttpContext, Task<bool>>? Fault { get; set; }

    /// <summary>Handles a request as if there were no <see cref="Fault"/>; for use by the hook, which returns true afterwards.</summary>
    /// <param name="context">The request that the hook was given.</param>
    /// <example><c>server.Fault = async context => { await server.HandleAsync(context); context.Abort(); return true; };</c></example>
    /// <returns>Done when the answer is complete; one without a body, such as 204, has not been sent yet.</returns>
    public Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ((RequestDelegate)context.Items[NextKey]!)(context);
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="options">The limits; null for Loki's defaults.</param>
    /// <param name="port">TCP port; 0 for a free one.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    /// <returns>The server, ready for requests.</returns>
    /// <exception cref="ArgumentException">A limit is out of its range.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static Task<EmbeddedLokiServer> StartAsync(
        EmbeddedLokiOptions? options = null, int port = 0, CancellationToken cancellationToken = default) =>
        StartAsync(options, port, TimeProvider.System, cancellationToken);

    /// <summary>Stops to listen; what was stored is gone.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal static async Task<EmbeddedLokiServer> StartAsync(
        EmbeddedLokiOptions? options, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        // Not CreateBuilder: no configuration file or environment variable of the process shall change a test's server.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(System.Net.IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(time);
        builder.Services.AddEmbeddedLoki(options ?? new());
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddPrometheusExporter());

        var app = builder.Build();
        var server = new EmbeddedLokiServer(app);
        app.Use(async (context, next) =>
        {
            context.Items[NextKey] = next;
            if (server.Fault is not { } fault || !await fault(context))
                await next(context);
        });
        app.UseMiddleware<RequestGuard>();
        app.UseRouting();
        app.MapEmbeddedLoki();
        app.MapFaults();
        app.MapPrometheusScrapingEndpoint();
        await app.StartOrDisposeAsync(cancellationToken);
        return server;
    }
}
