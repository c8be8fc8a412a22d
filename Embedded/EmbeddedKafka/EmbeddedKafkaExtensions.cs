using Observability.Embedded.Faults;

namespace Observability.Embedded.EmbeddedKafka;

/// <summary>What an application takes of an embedded broker.</summary>
public static class EmbeddedKafkaExtensions
{
    /// <summary>Adds the faults of an embedded broker; those of the embedded store come with it.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="broker">The broker; it must outlive the application.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    public static IServiceCollection AddEmbeddedKafkaFaults(this IServiceCollection services, EmbeddedKafkaBroker broker) =>
        services.AddFault(new BrokerOutage(broker));
}
