using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Observability.Forwarder.Delivery;

namespace Observability.Forwarder.Replay;

/// <summary>
/// Sends dead letters back to their topics, with their own key, value, headers and time. A record says where it first stood
/// (<see cref="DeadLetterHeaders.Origin"/>) and which of its lines are missing (<see cref="DeadLetterHeaders.WantedLines"/>).
/// </summary>
internal sealed class DeadLetterReplay(IConsumer<byte[], byte[]> consumer, IProducer<byte[], byte[]> producer, string deadLetterTopic)
{
    /// <summary>Records between two commits: what a crash sends again.</summary>
    internal const int CommitEvery = 1000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Replays what is in the topic at the start: what comes back meanwhile is for another run.</summary>
    /// <param name="partitions">The partitions of the dead-letter topic.</param>
    /// <param name="limit">The most dead letters to replay.</param>
    /// <param name="dryRun">Only counts.</param>
    /// <param name="cancellationToken">Stops between two records.</param>
    /// <returns>How many were replayed, by topic and reason, and how many were stepped over.</returns>
    /// <exception cref="KafkaException">The broker is absent, or does not accept a record.</exception>
    public async Task<ReplayResult> RunAsync(
        IReadOnlyList<TopicPartition> partitions, long limit, bool dryRun, CancellationToken cancellationToken)
    {
        var result = new ReplayResult();
        var ends = partitions.ToDictionary(partition => partition, partition => consumer.QueryWatermarkOffsets(partition, Timeout));
        foreach (var partition in partitions)
        {
            // Partitions are assigned by hand: a group's rebalancing is of no use to a command that runs once.
            var next = consumer.Committed([partition], Timeout).Single().Offset;
            // Where nothing was committed, librdkafka's word for that is less than any offset.
            var position = next < ends[partition].Low ? ends[partition].Low : next;
            if (position >= ends[partition].High || limit <= 0)
                continue;
            consumer.Assign(new TopicPartitionOffset(partition, position));
            limit -= await ReplayAsync(partition, position, ends[partition].High, limit, dryRun, result, cancellationToken);
        }

        return result;
    }

    private async Task<long> ReplayAsync(
        TopicPartition partition, Offset position, Offset end, long limit, bool dryRun, ReplayResult result,
        CancellationToken cancellationToken)
    {
        List<Task> writes = [];
        var replayed = 0L;
        try
        {
            while (position < end && replayed < limit)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (consumer.Consume(Timeout) is not { } record)
                    throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{partition} gave nothing for {Timeout.TotalSeconds} s"));

                position = record.Offset + 1;
                if (!TryRestore(record, out var topic, out var message))
                {
                    result.SteppedOver++;
                }
                else
                {
                    if (!dryRun)
                        writes.Add(producer.ProduceAsync(topic, message, cancellationToken));
                    result.Add(topic, Header(record.Message.Headers, DeadLetterHeaders.Reason) ?? "");
                    replayed++;
                }

                if (writes.Count >= CommitEvery)
                    await CommitAsync(partition, position, writes);
            }
        }
        finally
        {
            if (!dryRun)
                await CommitAsync(partition, position, writes);
        }

        return replayed;
    }

    private async Task CommitAsync(TopicPartition partition, Offset position, List<Task> writes)
    {
        await Task.WhenAll(writes);
        writes.Clear();
        consumer.Commit([new TopicPartitionOffset(partition, position)]);
    }

    // Not what the Forwarder has not written, and not what holds nothing but where a record stood.
    private bool TryRestore(ConsumeResult<byte[], byte[]> record, out string topic, out Message<byte[], byte[]> message)
    {
        (topic, message) = ("", new());
        var found = record.Message.Headers ?? [];
        var form = Header(found, DeadLetterHeaders.Form);
        if (Header(found, DeadLetterHeaders.Topic) is not { Length: > 0 } origin || origin == deadLetterTopic
            || form == DeadLetterHeaders.OriginForm
            || !int.TryParse(Header(found, DeadLetterHeaders.Partition), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(Header(found, DeadLetterHeaders.Offset), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return false;

        var headers = new Headers();
        foreach (var header in found)
        {
            if (!header.Key.StartsWith(DeadLetterHeaders.Prefix, StringComparison.Ordinal)
                && !header.Key.StartsWith(DeadLetterHeaders.ReplayPrefix, StringComparison.Ordinal))
                headers.Add(header.Key, header.GetValueBytes());
        }

        headers.Add(DeadLetterHeaders.Origin,
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{origin}/{partition}/{offset}")));
        // A line that stands alone is the only one of its record.
        if (form is null && Header(found, DeadLetterHeaders.Lines) is { } lines)
            headers.Add(DeadLetterHeaders.WantedLines, Encoding.UTF8.GetBytes(lines));
        topic = origin;
        message = new Message<byte[], byte[]>
        {
            Key = record.Message.Key,
            Value = record.Message.Value,
            Headers = headers,
            Timestamp = record.Message.Timestamp
        };
        return true;
    }

    private static string? Header(Headers headers, string name) =>
        headers.TryGetLastBytes(name, out var value) && value is not null ? Encoding.UTF8.GetString(value) : null;
}
