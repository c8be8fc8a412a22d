namespace Observability.Forwarder.Delivery;

internal sealed partial class BatchSender
{
    [LoggerMessage(LogLevel.Warning,
        "Loki did not take a push ({Reason}, status {Status}, attempt {Attempt}); next in {Pause:0.0} s: {Text}")]
    private partial void LogRetry(string reason, int status, int attempt, double pause, string text);

    [LoggerMessage(LogLevel.Information, "Loki took a push after {Retries} retries")]
    private partial void LogRecovered(int retries);

    [LoggerMessage(LogLevel.Warning,
        "{Stream} is at a limit of Loki's: its lines wait, and others do not wait with them ({Held} such refusals since the last message). "
        + "{Text}")]
    private partial void LogLimited(string stream, long held, string text);

    [LoggerMessage(LogLevel.Warning, "Loki has no room for a new stream: its lines go to the overflow stream for a while. {Text}")]
    private partial void LogNoRoom(string text);

    [LoggerMessage(LogLevel.Warning,
        "Loki refuses lines as too far behind that are younger than Forwarder:Loki:MaxChunkAge allows: from now on lines older than "
            + "{Age} are pushed stream by stream. Set it to Loki's ingester.max_chunk_age")]
    private partial void LogSmallWindow(TimeSpan age);

    [LoggerMessage(LogLevel.Warning,
        "Loki shards streams (label __stream_shard__): lines that are sent again after a crash land in another shard and are shown "
            + "twice. Set limits_config.shard_streams.enabled to false in Loki")]
    private partial void LogSharding();
}
