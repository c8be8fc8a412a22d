using Microsoft.Extensions.Logging;

namespace Observability.AppHost.Kafka;

internal static partial class KafkaTopicsLog
{
    [LoggerMessage(LogLevel.Information, "Created topics {Topics} with {Partitions} partitions and {Retention} h retention")]
    public static partial void Created(ILogger logger, string topics, int partitions, double retention);

    [LoggerMessage(LogLevel.Information, "Topics {Topics} are there")]
    public static partial void Present(ILogger logger, string topics);
}
