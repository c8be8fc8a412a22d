using Confluent.Kafka;

namespace Observability.ServiceDefaults.Kafka;

/// <summary>Where Kafka is, from the connection string that every service shares.</summary>
public static class BootstrapServers
{
    /// <summary>Ends with one line that names the setting when no broker is configured; for the callback that configures a client's settings.</summary>
    /// <param name="connectionString">The connection string that the settings have.</param>
    /// <param name="config">The client's configuration, which may name brokers as well.</param>
    /// <param name="connectionName">The connection string's name.</param>
    /// <exception cref="InvalidOperationException">Neither names a broker.</exception>
    public static void Require(string? connectionString, ClientConfig config, string connectionName)
    {
        ArgumentNullException.ThrowIfNull(config);

        if (string.IsNullOrEmpty(connectionString) && string.IsNullOrEmpty(config.BootstrapServers))
            throw new InvalidOperationException($"ConnectionStrings:{connectionName} is not set: it must be the bootstrap servers of Kafka, such as 127.0.0.1:9092");
    }
}
