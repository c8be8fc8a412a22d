using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Observability.AppHost.Kafka;

/// <summary>Healthy when the broker tells what it holds.</summary>
internal sealed class KafkaAnswers(IResourceWithConnectionString kafka) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var servers = await kafka.ConnectionStringExpression.GetValueAsync(cancellationToken);
        try
        {
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers }).SetLogHandler(
                (_, _) => { }).Build();
            var brokers = await Task.Run(() => admin.GetMetadata(Patience).Brokers.Count, cancellationToken);
            return brokers > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{servers} names no broker");
        }
        catch (KafkaException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Error.Reason);
        }
    }
}
