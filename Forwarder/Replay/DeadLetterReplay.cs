using System.Text;
using Confluent.Kafka;
using Observability.Forwarder.Delivery;

namespace Observability.Forwarder.Replay;

/// <summary>
/// Sends dead letters back to their topics, with their own key, value, headers and time. A record says where it first
/// stood (<see cref="DeadLetterHeaders.Origin"/>), so that those of its lines that were stored then are merged now.
/// </summary>
internal sealed class DeadLetterReplay(IConsumer<byte[], byte[]> consumer, IProducer<byte[], byte[]> producer, string deadLetterTopic)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Replays what is in the topic now.</summary>
    /// <param name="limit">Dead letters at the most.</param>
    /// <param name="dryRun">Only counts.</param>
    /// <param name="cancellationToken">Stops between two records.</param>
    /// <returns>How many, by topic and reason.</returns>
    /// <exception cref="KafkaException">The broker is absent, or takes a record not.</exception>
    public async Task<Dictionary<(string Topic, string Reason), long>> RunAsync(long limit, bool dryRun, CancellationToken cancellationToken)
    {
        Dictionary<(string Topic, string Reason), long> counts = [];
        foreach (var partition in Partitions())
        {
            // Partitions are assigned by hand: a group's rebalancing is of no use to a command that runs once.
            var end = consumer.QueryWatermarkOffsets(partition, Timeout).High;
            var next = consumer.Committed([partition], Timeout).Single().Offset;
            var position = next.IsSpecial ? consumer.QueryWatermarkOffsets(partition, Timeout).Low : next;
            consumer.Assign(new TopicPartitionOffset(partition, position));
            while (position < end && limit > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (consumer.Consume(Timeout) is not { } record)
                    throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{partition} gave nothing for {Timeout.TotalSeconds} s"));

                var topic = Header(record.Message.Headers, DeadLetterHeaders.Topic);
                if (!dryRun)
                {
                    await producer.ProduceAsync(topic, Restore(record), cancellationToken).ConfigureAwait(false);
                    consumer.Commit([new TopicPartitionOffset(partition, record.Offset + 1)]);
                }

                var key = (topic, Header(record.Message.Headers, DeadLetterHeaders.Reason));
                counts[key] = counts.GetValueOrDefault(key) + 1;
                position = record.Offset + 1;
                limit--;
            }
        }

        return counts;
    }

    private List<TopicPartition> Partitions()
    {
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        return [.. admin.GetMetadata(deadLetterTopic, Timeout).Topics
            .Where(topic => !topic.Error.IsError)
            .SelectMany(topic => topic.Partitions)
            .Select(partition => new TopicPartition(deadLetterTopic, partition.PartitionId))];
    }

    private static Message<byte[], byte[]> Restore(ConsumeResult<byte[], byte[]> record)
    {
        var headers = new Headers();
        foreach (var header in record.Message.Headers.Where(header => !header.Key.StartsWith(DeadLetterHeaders.Prefix, StringComparison.Ordinal)))
            headers.Add(header.Key, header.GetValueBytes());
        if (headers.All(header => header.Key != DeadLetterHeaders.Origin))
        {
            var origin = string.Join('/', new[] { DeadLetterHeaders.Topic, DeadLetterHeaders.Partition, DeadLetterHeaders.Offset }.Select(name => Header(record.Message.Headers, name)));
            headers.Add(DeadLetterHeaders.Origin, Encoding.UTF8.GetBytes(origin));
        }

        return new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value, Headers = headers, Timestamp = record.Message.Timestamp };
    }

    private static string Header(Headers headers, string name) =>
        headers.TryGetLastBytes(name, out var value)
            ? Encoding.UTF8.GetString(value)
            : throw new KafkaException(new Error(ErrorCode.Local_BadMsg, $"A record of the dead-letter topic lacks the header {name}: the Forwarder did not write it"));
}
