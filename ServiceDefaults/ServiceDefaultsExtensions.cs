using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Observability.ServiceDefaults.Health;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Settings;
using Observability.ServiceDefaults.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the stack shares: telemetry, health and log format.</summary>
public static class ServiceDefaultsExtensions
{
    private const string LiveTag = "live";

    /// <summary>Adds telemetry, health checks and structured console logs.</summary>
    /// <param name="builder">The builder of the service.</param>
    /// <returns>The same <paramref name="builder"/>.</returns>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        DurationConverter.Register();
        builder.AddTelemetry();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);

        return builder;
    }

    /// <summary>
    /// Maps <see cref="ServicePaths.Metrics"/>, <see cref="ServicePaths.Health"/> and <see cref="ServicePaths.Alive"/>, and puts
    /// <see cref="RequestGuard"/> before all
    /// that is mapped.
    /// </summary>
    /// <remarks>
    /// They are mapped in every environment, since Kubernetes' probes and Prometheus need them; the listener is what
    /// decides who can reach them.
    /// </remarks>
    /// <param name="app">The application of the service.</param>
    /// <returns>The same <paramref name="app"/>.</returns>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);

        app.UseMiddleware<RequestGuard>();
        app.MapPrometheusScrapingEndpoint(ServicePaths.Metrics);
        app.MapHealthChecks(ServicePaths.Health, new HealthCheckOptions { ResponseWriter = HealthResponseWriter.WriteAsync });
        app.MapHealthChecks(ServicePaths.Alive, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) });
        return app;
    }
}
