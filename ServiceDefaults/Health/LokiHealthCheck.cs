using Microsoft.Extensions.Diagnostics.HealthChecks;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Health;

/// <summary>Healthy when Loki answers <c>GET /ready</c> with a success (Loki HTTP API, "Readiness").</summary>
internal sealed class LokiHealthCheck(Uri endpoint, HttpClient client) : IHealthCheck
{
    // Loki says there which of its parts is not ready; more than this is a proxy's page.
    private const int MostText = 200;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var ready = new Uri(endpoint, "ready");
        try
        {
            using var response = await client.GetAsync(ready, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
                return HealthCheckResult.Healthy();
            var text = await response.Content.ReadTextAsync(MostText, cancellationToken);
            var words = text.Length == 0 || text.StartsWith('<') ? "" : $": {text.Split('\n')[0]}";
            return Unhealthy(context, $"{Urls.WithoutLogin(ready)} answered {(int)response.StatusCode}{words}");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            return Unhealthy(context, $"{Urls.WithoutLogin(ready)} cannot be reached: {HttpClients.Explain(exception, ready)}");
        }
    }

    private static HealthCheckResult Unhealthy(HealthCheckContext context,
        string description) => new(context.Registration.FailureStatus, description);
}
