using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Observability.Forwarder.Kafka;

/// <summary>Degraded while a partition has records and does not move. The others run on, so the instance stays ready.</summary>
internal sealed class StalledPartitionsHealthCheck(StallWatch watch) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var stalled = watch.Stalled;
        return Task.FromResult(stalled.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join("; ", stalled)));
    }
}
