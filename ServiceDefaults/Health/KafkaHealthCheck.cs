using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Observability.ServiceDefaults.Health;

/// <summary>
/// Healthy when the cluster describes itself. Unlike the check that Aspire registers (AspNetCore.HealthChecks.Kafka), it
/// writes no message to the cluster and opens no client of its own; and unlike the metadata of everything, its answer
/// stays small however many topics there are.
/// </summary>
internal sealed class KafkaHealthCheck(Func<Handle> handle) : IHealthCheck
{
    private static readonly DescribeClusterOptions Options = new() { RequestTimeout = TimeSpan.FromSeconds(2) };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(handle()).Build();
            var cluster = await admin.DescribeClusterAsync(Options).WaitAsync(cancellationToken).ConfigureAwait(false);
            return cluster.Nodes.Count > 0
                ? HealthCheckResult.Healthy()
                : new HealthCheckResult(context.Registration.FailureStatus, "the cluster has no broker");
        }
        catch (Exception exception) when (exception is KafkaException or ObjectDisposedException or InvalidOperationException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception.Message);
        }
    }
}
