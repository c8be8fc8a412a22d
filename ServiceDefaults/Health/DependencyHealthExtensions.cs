using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Observability.ServiceDefaults.Health;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Loki;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Readiness checks of the backing services: each really talks to its service.</summary>
public static class DependencyHealthExtensions
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds a check that asks a Kafka broker for its metadata over the client's own connections.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="handle">Finds the <see cref="IClient.Handle"/> of the client in use.</param>
    /// <param name="name">The check's name.</param>
    /// <returns>The same <paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddKafka(
        this IHealthChecksBuilder builder, Func<IServiceProvider, Handle> handle, string name = "kafka")
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddOnce(
            new HealthCheckRegistration(name, services => new KafkaHealthCheck(() => handle(services)), null, null, Timeout));
    }

    /// <summary>Adds a check that asks Loki for <c>/ready</c>, with the login and the authorities that all else goes by.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="access">Tenant, login and authorities; null for none.</param>
    /// <param name="connectionName">The connection string's name, and the check's.</param>
    /// <returns>The same <paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddLoki(this IHealthChecksBuilder builder, HttpAccess? access = null, string connectionName = "loki")
    {
        ArgumentNullException.ThrowIfNull(builder);

        // One client for all probes: each of its own would leave a connection behind.
        var client = new Lazy<HttpClient>(() => HttpClients.Create(access));
        return builder.AddOnce(new HealthCheckRegistration(
            connectionName,
            services => new LokiHealthCheck(LokiEndpoint.Parse(services.GetRequiredService<IConfiguration>(), connectionName),
                client.Value),
            null,
            null,
            Timeout));
    }

    // AllInOne joins services in one process, and they depend on the same things: one check a dependency is enough.
    private static IHealthChecksBuilder AddOnce(this IHealthChecksBuilder builder, HealthCheckRegistration registration)
    {
        builder.Services.Configure<HealthCheckServiceOptions>(options =>
        {
            if (options.Registrations.All(existing => existing.Name != registration.Name))
                options.Registrations.Add(registration);
        });
        return builder;
    }
}
