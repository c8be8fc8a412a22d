using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Observability.ServiceDefaults.Kafka;

namespace Observability.ServiceDefaults.Health;

/// <summary>
/// Healthy when a broker answers a metadata request. Unlike the check that Aspire registers
/// (AspNetCore.HealthChecks.Kafka), it writes no message to the cluster and opens no client of its own.
/// </summary>
internal sealed class KafkaHealthCheck(Func<Handle> handle) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // GetMetadata blocks: it must not hold a request thread.
            var brokers = await Task.Run(() => ClientLease.GetMetadata(handle(), Timeout).Brokers.Count, cancellationToken);
            return brokers > 0
                ? HealthCheckResult.Healthy()
                : new HealthCheckResult(context.Registration.FailureStatus, "the cluster has no broker");
        }
        catch (Exception exception) when (exception is KafkaException or ObjectDisposedException or InvalidOperationException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.Message);
        }
    }
}
