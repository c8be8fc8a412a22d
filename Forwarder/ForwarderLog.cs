using Confluent.Kafka;

namespace Observability.Forwarder;

/// <summary>Log messages of code without an instance.</summary>
internal static partial class ForwarderLog
{
    [LoggerMessage(LogLevel.Warning, "Kafka: {Code}: {Reason}")]
    public static partial void ConsumerError(ILogger logger, ErrorCode code, string reason);
}
