namespace Observability.LogGenerator.Sinks;

internal sealed partial class KafkaSink
{
    [LoggerMessage(LogLevel.Warning, "Topic {Topic}: the producer's queue is full with {InFlight} lines; waiting for the broker")]
    private partial void LogQueueFull(string topic, long inFlight);

    [LoggerMessage(LogLevel.Error, "Topic {Topic} refused a line for good: {Reason} ({Failed} so far)")]
    private partial void LogFailed(string topic, string reason, long failed);
}
