namespace Observability.ServiceDefaults.Telemetry;

/// <summary>
/// Names of span attributes: OpenTelemetry's semantic conventions for messaging and for Kafka, v1.37
/// (https://opentelemetry.io/docs/specs/semconv/messaging/kafka/).
/// </summary>
public static class MessagingAttributes
{
    /// <summary>The messaging system; here always <see cref="Kafka"/>.</summary>
    public const string System = "messaging.system";

    /// <summary>The value of <see cref="System"/>.</summary>
    public const string Kafka = "kafka";

    /// <summary>What is done, in the system's words; also the first word of the span's name.</summary>
    public const string OperationName = "messaging.operation.name";

    /// <summary>What is done, as one of the convention's few types: <c>send</c>, <c>receive</c>, <c>process</c>.</summary>
    public const string OperationType = "messaging.operation.type";

    /// <summary>The topic.</summary>
    public const string Destination = "messaging.destination.name";

    /// <summary>The partition, as text.</summary>
    public const string Partition = "messaging.destination.partition.id";

    /// <summary>The record's offset in its partition.</summary>
    public const string Offset = "messaging.kafka.offset";

    /// <summary>The consumer group.</summary>
    public const string Group = "messaging.consumer.group.name";

    /// <summary>Bytes of the record's value.</summary>
    public const string BodySize = "messaging.message.body.size";

    /// <summary>How many records share a batch.</summary>
    public const string BatchCount = "messaging.batch.message_count";
}
