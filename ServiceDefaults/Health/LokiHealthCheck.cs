using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Observability.ServiceDefaults.Health;

/// <summary>Healthy when Loki answers <c>GET /ready</c> with a success (Loki HTTP API, "Readiness").</summary>
internal sealed class LokiHealthCheck(Uri endpoint) : IHealthCheck
{
    // Not from the factory: its retries would hide what a probe is there to see.
    private static readonly HttpClient Client = new();

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var ready = new Uri(endpoint, "ready");
        try
        {
            using var response = await Client.GetAsync(ready, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? HealthCheckResult.Healthy()
                : new HealthCheckResult(context.Registration.FailureStatus, $"{ready} answered {(int)response.StatusCode}");
        }
        catch (HttpRequestException exception)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"{ready} cannot be reached: {exception.Message}");
        }
    }
}
