namespace Observability.LogGenerator.Sinks;

internal sealed partial class OtlpSink
{
    [LoggerMessage(LogLevel.Warning, "{Trouble}; trying again ({Held} more such attempts since the last of these lines)")]
    private partial void LogRetry(string trouble, long held);

    [LoggerMessage(LogLevel.Error, "{Target} refused {Lines} lines for good: {Reason}")]
    private partial void LogFailed(Uri target, long lines, string reason);
}
