namespace Observability.AllInOne.Parts;

internal static partial class PartLog
{
    [LoggerMessage(
        LogLevel.Information,
        "Kafka is at {Servers}: {Topics} ({Partitions} partitions each), {DeadLetters}. It is embedded: in memory, the "
        + "newest {Retention} MiB of a partition. Health: {Address}/health")]
    public static partial void Kafka(ILogger logger, string servers, string topics, int partitions, string deadLetters, long retention,
        string address);

    [LoggerMessage(
        LogLevel.Information,
        "Loki's API and a page to search are at {Address}. The store is embedded: in memory, {Capacity} MiB, of which "
        + "the oldest goes first")]
    public static partial void Loki(ILogger logger, string address, long capacity);

    [LoggerMessage(
        EventId = 2,
        Level = LogLevel.Information,
        Message = "OTLP for logs goes to {Otlp} (HTTP) and {OtlpGrpc} (gRPC), and from there to Kafka at {Servers}, topic {Topic}, "
            + "as Alloy would write it. Listening on {Addresses}; health and metrics: /health, /metrics")]
    public static partial void Collector(ILogger logger, Uri otlp, Uri otlpGrpc, string servers, string topic, string addresses);
}
