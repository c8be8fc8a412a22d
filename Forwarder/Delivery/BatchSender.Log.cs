namespace Observability.Forwarder.Delivery;

internal sealed partial class BatchSender
{
    [LoggerMessage(LogLevel.Warning, "Loki did not take a push ({Reason}, status {Status}, attempt {Attempt}); next in {Pause:0.0} s: {Text}")]
    private partial void LogRetry(string reason, int status, int attempt, double pause, string text);

    [LoggerMessage(LogLevel.Information, "Loki took a push after {Retries} retries")]
    private partial void LogRecovered(int retries);
}
