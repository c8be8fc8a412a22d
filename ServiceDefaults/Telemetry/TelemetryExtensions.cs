using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Observability.ServiceDefaults.Settings;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Observability.ServiceDefaults.Telemetry;

/// <summary>Traces, metrics and logs of a service.</summary>
internal static class TelemetryExtensions
{
    /// <summary>
    /// Adds OpenTelemetry with the Prometheus exporter, OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, and structured console logs.
    /// </summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        builder.Services.ConfigureOpenTelemetryMeterProvider((services, metrics) =>
        {
            var many = services.GetRequiredService<IOptions<MetricSeriesOptions>>().Value.Many;
            metrics.AddView(instrument =>
                many.Contains(instrument.Name) ? null : new MetricStreamConfiguration { CardinalityLimit = MetricSeriesOptions.Few });
        });

        // Where nobody takes traces and logs, none are made: not even the objects that would be thrown away.
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            builder.Logging.AddOpenTelemetry(logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.IncludeScopes = true;
            });
            telemetry.WithTracing(tracing => tracing
                .SetSampler(new ParentBasedSampler(new RootSampler()))
                .AddSource(builder.Environment.ApplicationName)
                .AddAspNetCoreInstrumentation(options => options.Filter = MayBeTraced)
                .AddHttpClientInstrumentation());
            telemetry.UseOtlpExporter();
        }

        // A probe or a scrape writes four lines at Information.
        builder.Configuration.AddDefaults([
            new("Logging:LogLevel:Microsoft.AspNetCore", nameof(LogLevel.Warning)),
            new("Logging:LogLevel:System.Net.Http.HttpClient", nameof(LogLevel.Warning)),
        ]);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Logging.AddConsoleFormatter<JsonLineFormatter, ConsoleFormatterOptions>();
        if (!builder.Environment.IsDevelopment())
            builder.Logging.AddConsole(options => options.FormatterName = JsonLineFormatter.FormatterName);
    }

    // A probe every few seconds would drown the traces of real requests, and so would each batch of lines that somebody sends: whoever
    // wants its way traced says so.
    private static bool MayBeTraced(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(ServicePaths.Health)
        && !context.Request.Path.StartsWithSegments(ServicePaths.Alive)
        && !context.Request.Path.StartsWithSegments(ServicePaths.Metrics)
        && !ServicePaths.Ready.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal))
        && (context.Request.Headers.TraceParent.Count > 0
            || !ServicePaths.Ingestion.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal)));
}
