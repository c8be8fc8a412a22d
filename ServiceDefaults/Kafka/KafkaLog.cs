using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.ServiceDefaults.Kafka;

/// <summary>
/// What librdkafka says of itself. While a broker is away it says the same several times a second; of those a line passes at first
/// and then one per minute, as a warning: the client goes on by itself.
/// </summary>
/// <param name="logger">Where it goes.</param>
/// <param name="time">The clock.</param>
public sealed class KafkaLog(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // librdkafka's names for a connection that fails or breaks (rdkafka_broker.c, rd_kafka_broker_set_error).
    private static readonly HashSet<string> Connection = ["FAIL", "ERROR", "DISCONN", "CONNECT", "TIMEOUT", "REQTMOUT"];

    private readonly LogThrottle _connection = new(time, Interval);

    /// <summary>Writes a message, unless it says what was just said.</summary>
    /// <param name="message">The message.</param>
    public void Write(LogMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);

#pragma warning disable CA1848, CA1873, CA2254 // librdkafka's own words: there is no template to generate from.
        if (!Connection.Contains(message.Facility))
            logger.Log((LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging), message.Message);
        else if (_connection.TryPass(out var held))
            logger.Log(LogLevel.Warning, held == 0 ? message.Message : $"{message.Message} ({held} like it since the last of these lines)");
#pragma warning restore CA1848, CA1873, CA2254
    }
}
