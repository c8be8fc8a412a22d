using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Observability.Embedded.EmbeddedCollector.Delivery;
using Observability.Embedded.EmbeddedCollector.Export;
using Observability.Embedded.EmbeddedCollector.Receivers;
using Observability.Embedded.EmbeddedCollector.Settings;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Observability.Embedded.EmbeddedCollector;

/// <summary>
/// Puts a collector in Alloy's place into an application: OTLP for logs over HTTP and gRPC in, the Kafka records that Alloy would write
/// out. A stand-in for development and tests: what it has not delivered is in its senders' hands, none of it on disk.
/// </summary>
public static class EmbeddedCollectorExtensions
{
    /// <summary>Adds the collector, its metrics and a health check of Kafka. No broker need be there.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">
    /// Sets <see cref="EmbeddedCollectorOptions.BootstrapServers"/>, and changes what else shall be different.
    /// </param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of its range; the message is one line that names it.</exception>
    public static IServiceCollection AddEmbeddedCollector(this IServiceCollection services, Action<EmbeddedCollectorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new EmbeddedCollectorOptions();
        configure(options);
        return services.AddEmbeddedCollector(options);
    }

    /// <summary>Maps OTLP: <c>POST /v1/logs</c>, the gRPC service, and <c>/-/ready</c> as Alloy has it.</summary>
    /// <param name="app">
    /// The application, with <see cref="AddEmbeddedCollector(IServiceCollection, Action{EmbeddedCollectorOptions})"/> done.
    /// </param>
    /// <returns>The same <paramref name="app"/>.</returns>
    public static WebApplication MapEmbeddedCollector(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapPost("/v1/logs", app.Services.GetRequiredService<OtlpHttpEndpoint>().HandleAsync);
        app.MapGrpcService<OtlpGrpcService>();
        app.MapGet("/-/ready", () => "The collector is ready.\n");
        return app;
    }

    /// <summary>Makes an endpoint one for OTLP over gRPC: in the clear HTTP/2 must have a port to itself.</summary>
    /// <param name="endpoint">The endpoint.</param>
    public static void ForOtlpGrpc(this ListenOptions endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        endpoint.Protocols = HttpProtocols.Http2;
    }

    internal static IServiceCollection AddEmbeddedCollector(this IServiceCollection services, EmbeddedCollectorOptions options)
    {
        options.Validate();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<CollectorMetrics>();
        services.AddSingleton<RecordProducer>();
        services.AddSingleton<CollectorPipeline>();
        services.AddSingleton<OtlpHttpEndpoint>();
        services.AddSingleton<OtlpGrpcService>();
        services.AddSingleton<IServiceMethodProvider<OtlpGrpcService>, OtlpGrpcMethods>();
        services.AddGrpc().AddServiceOptions<OtlpGrpcService>(grpc => grpc.MaxReceiveMessageSize = options.MaxRequestBytes);
        services.AddHealthChecks().AddKafka(provider => provider.GetRequiredService<RecordProducer>().Handle);
        services.ConfigureOpenTelemetryMeterProvider(meters => meters.AddMeter(CollectorMetrics.MeterName));
        services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddSource(RecordProducer.SourceName));
        return services;
    }
}
