using Microsoft.Extensions.DependencyInjection.Extensions;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Evaluation;
using Observability.Embedded.EmbeddedLoki.Faults;
using Observability.Embedded.EmbeddedLoki.Http;
using Observability.Embedded.EmbeddedLoki.Ingest;
using Observability.Embedded.EmbeddedLoki.Limits;
using Observability.Embedded.EmbeddedLoki.Storage;
using Observability.Embedded.Faults;
using OpenTelemetry.Metrics;

namespace Observability.Embedded.EmbeddedLoki;

/// <summary>
/// Puts a log store that speaks Loki's HTTP API into an application: in memory and bounded, a stand-in for development and tests.
/// </summary>
public static class EmbeddedLokiExtensions
{
    private const string Api = "/loki/api/v1";

    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Post];

    /// <summary>Adds the store.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Changes the limits; null for Loki's defaults.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentException">A limit is out of its range.</exception>
    public static IServiceCollection AddEmbeddedLoki(this IServiceCollection services, Action<EmbeddedLokiOptions>? configure = null)
    {
        var options = new EmbeddedLokiOptions();
        configure?.Invoke(options);
        return services.AddEmbeddedLoki(options);
    }

    /// <summary>Maps Loki's HTTP API: push, OTLP, queries, labels, series, index, tail and <c>/ready</c>.</summary>
    /// <param name="app">
    /// The application, with <see cref="AddEmbeddedLoki(IServiceCollection, Action{EmbeddedLokiOptions}?)"/> done.
    /// </param>
    /// <returns>The same <paramref name="app"/>.</returns>
    public static WebApplication MapEmbeddedLoki(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseWebSockets();
        var services = app.Services;
        var push = services.GetRequiredService<PushEndpoint>();
        var otlp = services.GetRequiredService<OtlpEndpoint>();
        var query = services.GetRequiredService<QueryEndpoints>();
        var metadata = services.GetRequiredService<MetadataEndpoints>();
        var volume = services.GetRequiredService<VolumeEndpoints>();
        var fields = services.GetRequiredService<DetectedFieldsEndpoints>();
        var drilldown = services.GetRequiredService<DrilldownEndpoints>();
        var tail = services.GetRequiredService<TailEndpoint>();
        var lostAnswers = services.GetRequiredService<LostAnswers>();

        Map(app, [HttpMethods.Post], $"{Api}/push", lostAnswers.AroundPush(push.HandleAsync));
        Map(app, [HttpMethods.Post], "/otlp/v1/logs", lostAnswers.AroundPush(otlp.HandleAsync));
        Map(app, Reads, $"{Api}/query_range", query.RangeAsync);
        Map(app, Reads, $"{Api}/query", query.InstantAsync);
        Map(app, Reads, $"{Api}/format_query", QueryEndpoints.FormatAsync);
        Map(app, Reads, $"{Api}/label", metadata.LabelsAsync);
        Map(app, Reads, $"{Api}/labels", metadata.LabelsAsync);
        Map(app, Reads, $"{Api}/label/{{name}}/values", metadata.LabelValuesAsync);
        Map(app, Reads, $"{Api}/series", metadata.SeriesAsync);
        Map(app, Reads, $"{Api}/index/stats", metadata.StatsAsync);
        Map(app, Reads, $"{Api}/index/volume", volume.InstantAsync);
        Map(app, Reads, $"{Api}/index/volume_range", volume.RangeAsync);
        Map(app, Reads, $"{Api}/detected_fields", fields.FieldsAsync);
        Map(app, Reads, $"{Api}/detected_field/{{name}}/values", fields.ValuesAsync);
        Map(app, Reads, $"{Api}/patterns", DrilldownEndpoints.PatternsAsync);
        Map(app, [HttpMethods.Get], $"{Api}/drilldown-limits", drilldown.LimitsAsync);
        Map(app, Reads, $"{Api}/detected_labels", metadata.DetectedLabelsAsync);
        Map(app, [HttpMethods.Get], $"{Api}/tail", tail.HandleAsync);
        Map(app, [HttpMethods.Get], $"{Api}/status/buildinfo", BuildInfo.WriteAsync);
        Map(app, [HttpMethods.Get], "/ready", context => context.Response.WriteAsync("ready\n", context.RequestAborted));
        foreach (var path in new[] { $"{Api}/push", "/otlp/v1/logs" })
        {
            app.Map(path, context =>
            {
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                return Task.CompletedTask;
            });
        }

        // What else Loki has under its prefix: said plainly, since an empty 404 makes one search for a wrong address.
        app.Map("/loki/{**rest}", context => ResponseWriter.ErrorAsync(
            context, StatusCodes.Status404NotFound, $"{context.Request.Path} is not supported by the embedded store"));
        return app;
    }

    internal static IServiceCollection AddEmbeddedLoki(this IServiceCollection services, EmbeddedLokiOptions options)
    {
        options.Validate();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => new LogStore(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LokiMetrics>();
        services.AddSingleton<TailHub>();
        services.AddSingleton<StreamRates>();
        services.AddSingleton<Ingester>();
        services.AddSingleton<Distributor>();
        services.AddSingleton<PushEndpoint>();
        services.AddSingleton<OtlpEndpoint>();
        services.AddSingleton<QueryEndpoints>();
        services.AddSingleton<MetadataEndpoints>();
        services.AddSingleton<VolumeEndpoints>();
        services.AddSingleton<DetectedFieldsEndpoints>();
        services.AddSingleton<DrilldownEndpoints>();
        services.AddSingleton<QueryRunner>();
        services.AddSingleton<TailEndpoint>();
        services.AddFault<StoreOutage>();
        services.AddFault<SlowStore>();
        services.AddFault<LimitingStore>();
        services.AddFault<LostAnswers>();
        services.ConfigureOpenTelemetryMeterProvider(meters => meters.AddMeter(LokiMetrics.MeterName));
        return services;
    }

    private static void Map(WebApplication app, string[] methods, string path, RequestDelegate handler)
    {
        var metrics = app.Services.GetRequiredService<LokiMetrics>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        var outage = app.Services.GetRequiredService<StoreOutage>();
        handler = app.Services.GetRequiredService<SlowStore>().Around(handler);
        var route = path.Trim('/').Replace('/', '_').Replace("{name}", "name", StringComparison.Ordinal);
        app.MapMethods(path, methods, outage.Around(async context =>
        {
            var began = time.GetTimestamp();
            try
            {
                await handler(context);
            }
            catch (LokiException exception)
            {
                await ResponseWriter.ErrorAsync(context, exception.StatusCode, exception.Message);
            }
            catch (LogQlException exception)
            {
                await ResponseWriter.ErrorAsync(context, StatusCodes.Status400BadRequest, exception.Message);
            }
            catch (BadHttpRequestException exception)
            {
                await ResponseWriter.ErrorAsync(context, exception.StatusCode, exception.Message);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The client has left: there is nobody to answer.
            }

            metrics.Served(route, context.Request.Method, context.Response.StatusCode, time.GetElapsedTime(began));
        }));
    }
}
