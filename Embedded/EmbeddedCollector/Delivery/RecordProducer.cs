using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Observability.Embedded.EmbeddedCollector.Settings;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.Embedded.EmbeddedCollector.Delivery;

/// <summary>Writes records to the topic. No broker need be there when it is made.</summary>
internal sealed partial class RecordProducer : IDisposable
{
    /// <summary>The name of the spans' source.</summary>
    public const string SourceName = "Observability.EmbeddedCollector";

    private const string Operation = "send";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly string _topic;

    public RecordProducer(EmbeddedCollectorOptions options, ILogger<RecordProducer> logger)
    {
        _topic = options.Topic;
        var config = new ProducerConfig
        {
            BootstrapServers = options.BootstrapServers,
            ClientId = "embedded-collector",
            Acks = Acks.All,
            EnableIdempotence = true,
            CompressionType = CompressionType.Zstd,
            LingerMs = 5,
            MessageMaxBytes = options.MaxRecordBytes + 4096,
            // Whoever waits for the answer is told in time, and what was not sent by then is not sent any more.
            MessageTimeoutMs = (int)options.Patience.TotalMilliseconds,
            QueueBufferingMaxKbytes = (int)Math.Min(int.MaxValue, (2 * options.MaxBufferedBytes / 1024) + 1024),
            QueueBufferingMaxMessages = 10_000_000,
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 1000,
        };
        // The Collector's sarama_compat: a resource has its partition, whichever of the two wrote it. Confluent.Kafka has no name for it.
        config.Set("partitioner", "fnv1a");
        _producer = new ProducerBuilder<byte[], byte[]>(config)
            // Each delivery has its own error, and the answers say it.
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, message) => LogClient(logger, message.Message))
            .Build();
    }

    /// <summary>The client, for whoever wants to know whether a broker answers.</summary>
    public Handle Handle => _producer.Handle;

    /// <summary>Hands records to the client.</summary>
    /// <param name="records">The records.</param>
    /// <param name="request">The span of the request that they were made of; <see langword="null"/> for none.</param>
    /// <returns>What becomes of them.</returns>
    public PendingDelivery Send(IReadOnlyList<OutgoingRecord> records, Activity? request = null)
    {
        var delivery = new PendingDelivery(records.Count);
        foreach (var record in records)
        {
            var message = new Message<byte[], byte[]> { Key = record.Key, Value = record.Value };
            var span = record.IsTraced && request is not null ? Begin(record, request) : null;
            if (span is not null)
                message.Headers = TraceHeaders.Of(span);
            try
            {
                _producer.Produce(_topic, message, report =>
                {
                    End(span, report.Error, report.TopicPartitionOffset);
                    delivery.Settle(record.Lines, report.Error);
                });
            }
            catch (ProduceException<byte[], byte[]> exception)
            {
                End(span, exception.Error, null);
                delivery.Settle(record.Lines, exception.Error);
            }
        }

        return delivery;
    }

    private Activity? Begin(in OutgoingRecord record, Activity request) => Source
        .StartApart($"{Operation} {_topic}", ActivityKind.Producer, request.Context)
        ?.SetTag(MessagingAttributes.System, MessagingAttributes.Kafka)
        .SetTag(MessagingAttributes.OperationName, Operation)
        .SetTag(MessagingAttributes.OperationType, Operation)
        .SetTag(MessagingAttributes.Destination, _topic)
        .SetTag(MessagingAttributes.BodySize, record.Value.Length)
        .SetTag("collector.lines", record.Lines);

    private static void End(Activity? span, Error error, TopicPartitionOffset? place)
    {
        if (span is null)
            return;

        if (error.IsError)
            span.SetStatus(ActivityStatusCode.Error, error.Reason);
        else if (place is not null)
            span.SetTag(MessagingAttributes.Partition, place.Partition.Value.ToString(CultureInfo.InvariantCulture))
                .SetTag(MessagingAttributes.Offset, place.Offset.Value);
        span.Stop();
    }

    public void Dispose() => _producer.Dispose();

    [LoggerMessage(LogLevel.Debug, "{Message}")]
    private static partial void LogClient(ILogger logger, string message);
}
