namespace Observability.LogGenerator.Sinks;

internal sealed partial class KafkaSink
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Topic {Topic}: the producer's queue is full with {InFlight} lines; waiting for the broker")]
    private static partial void LogQueueFull(ILogger logger, string topic, long inFlight);

    [LoggerMessage(Level = LogLevel.Error, Message = "Topic {Topic} refused a line for good: {Reason} ({Failed} so far)")]
    private static partial void LogFailed(ILogger logger, string topic, string reason, long failed);
}
