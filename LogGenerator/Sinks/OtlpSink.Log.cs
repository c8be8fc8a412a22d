namespace Observability.LogGenerator.Sinks;

internal sealed partial class OtlpSink
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Target} did not take a batch: {Reason}; trying again")]
    private static partial void LogRetry(ILogger logger, Uri target, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Target} refused {Lines} lines for good: {Reason}")]
    private static partial void LogFailed(ILogger logger, Uri target, long lines, string reason);
}
