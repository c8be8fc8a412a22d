namespace Observability.Forwarder.Delivery;

internal sealed partial class DeadLetterWriter
{
    [LoggerMessage(LogLevel.Warning, "{Records} records without lines became dead letters since the last such message ({Reason}): {Text}")]
    private partial void LogDeadRecords(int records, string reason, string text);

    [LoggerMessage(LogLevel.Error,
        "{Letters} dead letters could not be written to topic '{Topic}' yet and are tried again; their partitions wait: {Error}")]
    private partial void LogWriteFailed(int letters, string topic, string error);
}
