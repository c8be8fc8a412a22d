using Confluent.Kafka;

namespace Observability.Embedded.EmbeddedCollector.Delivery;

/// <summary>Writes records to the topic. No broker need be there when it is made.</summary>
internal sealed partial class RecordProducer : IDisposable
{
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
    /// <returns>What becomes of them.</returns>
    public Delivery Send(IReadOnlyList<KafkaRecord> records)
    {
        var delivery = new Delivery(records.Count);
        foreach (var record in records)
        {
            var message = new Message<byte[], byte[]> { Key = record.Key, Value = record.Value };
            try
            {
                _producer.Produce(_topic, message, report => delivery.Settle(record.Lines, report.Error));
            }
            catch (ProduceException<byte[], byte[]> exception)
            {
                delivery.Settle(record.Lines, exception.Error);
            }
        }

        return delivery;
    }

    public void Dispose() => _producer.Dispose();

    [LoggerMessage(LogLevel.Debug, "{Message}")]
    private static partial void LogClient(ILogger logger, string message);
}
