using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <inheritdoc cref="IBatchEndFinder"/>
/// <remarks>
/// librdkafka says of such a batch where it begins, not where it ends (<c>rdkafka_msgset_reader.c</c>), and a broker asked for any offset
/// within a batch sends the whole of it. So a consumer of its own asks for offsets, halving the range: those within the batch give its
/// error.
/// </remarks>
/// <param name="createConfig">Makes the settings of that consumer from the Forwarder's.</param>
internal sealed class BatchEndFinder(Func<ConsumerConfig> createConfig) : IBatchEndFinder
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public Task<long> FindAsync(TopicPartition partition, long offset, CancellationToken cancellationToken) =>
        Task.Run(() => Find(partition, offset, cancellationToken), cancellationToken);

    private long Find(TopicPartition partition, long offset, CancellationToken cancellationToken)
    {
        var config = createConfig();
        config.GroupId += "-unreadable";
        config.GroupInstanceId = null;
        config.EnableAutoCommit = false;
        config.EnablePartitionEof = true;
        // What it reads it throws away.
        config.QueuedMinMessages = 1;
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
        var within = offset;
        var behind = consumer.QueryWatermarkOffsets(partition, Patience).High.Value;
        while (behind - within > 1)
        {
            var middle = within + ((behind - within) / 2);
            if (IsWithin(consumer, new TopicPartitionOffset(partition, middle), offset, cancellationToken))
                within = middle;
            else
                behind = middle;
        }

        consumer.Unassign();
        return Math.Max(behind, offset + 1);
    }

    private static bool IsWithin(
        IConsumer<Ignore, Ignore> consumer, TopicPartitionOffset place, long batch, CancellationToken cancellationToken)
    {
        consumer.Assign(place);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            consumer.Consume(patience.Token);
            return false;
        }
        catch (ConsumeException exception) when (StallWatch.IsUnreadable(exception.Error.Code))
        {
            return exception.ConsumerRecord.Offset.Value == batch;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{place} gave nothing for {Patience.TotalSeconds} s"));
        }
    }
}
