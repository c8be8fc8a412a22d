using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Kafka;

/// <summary>Where Kafka is, from the connection string that every service shares.</summary>
public static class BootstrapServers
{
    /// <summary>
    /// Ends with one line that names the setting when no broker is configured; for the callback that configures a client's settings.
    /// </summary>
    /// <param name="connectionString">The connection string that the settings have.</param>
    /// <param name="config">The client's configuration, which may name brokers as well.</param>
    /// <param name="connectionName">The connection string's name.</param>
    /// <param name="configuration">Knows how the setting can be written on the command line; null to name it by its key.</param>
    /// <exception cref="SettingsException">Neither names a broker.</exception>
    public static void Require(string? connectionString, ClientConfig config, string connectionName, IConfiguration? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(config);

        if (!string.IsNullOrEmpty(connectionString) || !string.IsNullOrEmpty(config.BootstrapServers))
            return;
        var key = $"{ConnectionSettings.Section}:{connectionName}";
        var name = configuration is null ? key : new SettingFaults(configuration, "").WayTo(key);
        throw new SettingsException($"{name} is not set: it must be the bootstrap servers of Kafka, such as 127.0.0.1:9092");
    }
}
