namespace Observability.Forwarder;

internal sealed partial class Pipeline
{
    [LoggerMessage(LogLevel.Information, "Consuming {Topics} as group '{Group}'")]
    private partial void LogSubscribing(string topics, string group);

    [LoggerMessage(LogLevel.Information, "Partitions assigned: {Partitions}")]
    private partial void LogAssigned(string partitions);

    [LoggerMessage(LogLevel.Information, "Partitions {How}: {Partitions}")]
    private partial void LogRevoked(string partitions, string how);

    [LoggerMessage(LogLevel.Information, "Stopping: delivering what was read")]
    private partial void LogDraining();

    [LoggerMessage(LogLevel.Warning, "A partition went and came back within one read; joining the group anew")]
    private partial void LogAmbiguousRebalance();

    [LoggerMessage(LogLevel.Warning, "Kafka: {Code}: {Text}")]
    private partial void LogConsumerError(string code, string text);

    [LoggerMessage(
        LogLevel.Warning,
        "{Partition}: offsets went back to {Offset} from {Last}: the topic was truncated or made anew, and is read from there")]
    private partial void LogOffsetsReset(string partition, long offset, long last);
}
