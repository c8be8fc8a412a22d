namespace Observability.Forwarder.Delivery;

internal sealed partial class DeadLetterWriter
{
    [LoggerMessage(LogLevel.Warning, "{Lines} lines of {Records} records became dead letters ({Reason}): {Text}")]
    private partial void LogDeadLetters(int lines, int records, string reason, string text);

    [LoggerMessage(LogLevel.Error, "A dead letter could not be written to topic '{Topic}' and is tried again; its partition waits: {Error}")]
    private partial void LogWriteFailed(string topic, string error);
}
