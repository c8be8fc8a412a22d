using Confluent.Kafka;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Streams;

namespace Observability.Forwarder;

/// <summary>
/// Gives each message of a read to whom it concerns: a record of a partition that is held to the intake, a batch that cannot be read to the
/// watch, what cannot be recovered from to the loop, other errors to the log. Belongs to the consuming thread.
/// </summary>
/// <param name="consumer">Has read the messages.</param>
/// <param name="assignment">The partitions that are held.</param>
/// <param name="intake">Takes records.</param>
/// <param name="watch">Is told of batches that cannot be read.</param>
/// <param name="fatal">Is told of what the client cannot recover from.</param>
/// <param name="streams">Are told the time, once a read.</param>
/// <param name="lines">Counts the lines beyond the cap on streams.</param>
/// <param name="metrics">Are told what happens.</param>
/// <param name="time">Tells the time.</param>
/// <param name="logger">Is told as well.</param>
internal sealed partial class MessageRouter(
    IRecordConsumer consumer,
    PartitionAssignment assignment,
    RecordIntake intake,
    StallWatch watch,
    FatalError fatal,
    StreamTable streams,
    LineBuilder lines,
    ForwarderMetrics metrics,
    TimeProvider time,
    ILogger<MessageRouter> logger)
{
    /// <summary>Routes the messages of the read just made.</summary>
    /// <param name="count">The number of messages.</param>
    /// <param name="giveUp">Gives up the writing of dead letters.</param>
    public void Route(int count, CancellationToken giveUp)
    {
        streams.Now = time.GetTimestamp();
        for (var i = 0; i < count; i++)
            RouteOne(i, giveUp);
        metrics.ActiveStreams = streams.Count;
        metrics.OverflowLines = lines.OverflowLines;
    }

    private void RouteOne(int index, CancellationToken giveUp)
    {
        ref readonly var message = ref consumer[index];
        if (message.Error != 0)
        {
            OnError(index, in message);
            return;
        }

        // A record of a partition that was revoked within this very read is its next owner's.
        if (assignment.Find(consumer, message.Topic, message.Partition) is not { } partition)
            return;

        if (message.Offset <= partition.LastOffset)
        {
            // librdkafka went back to the topic's start, which it tells nobody but its log; or it reads some records again, which is
            // seen by nobody.
            LogOffsetsReset(partition.Partition.ToString(), message.Offset, partition.LastOffset);
            metrics.OffsetsReset(partition.Partition.Topic);
        }

        partition.LastOffset = message.Offset;
        partition.Unreadable = null;
        intake.Take(index, in message, partition, giveUp);
    }

    private void OnError(int index, in NativeMessage message)
    {
        var code = (ErrorCode)message.Error;
        if (StallWatch.IsUnreadable(code)
            && message.Topic != 0
            && assignment.Find(consumer, message.Topic, message.Partition) is { } partition)
        {
            // Twice a second, for ever: the watch tells of it once.
            metrics.CouldNotRead(partition.Partition.Topic);
            watch.CouldNotRead(partition, message.Offset, consumer.ErrorText(index));
            return;
        }

        // A consumer is told so here, not by its error handler (rdkafka.c, rd_kafka_set_fatal_error0): once, and no record comes any more.
        if (code == ErrorCode.Local_Fatal)
            fatal.Report(new KafkaException(new Error(code, consumer.ErrorText(index))));
        LogConsumerError(code.ToString(), consumer.ErrorText(index));
    }

    [LoggerMessage(LogLevel.Warning, "Kafka: {Code}: {Text}")]
    private partial void LogConsumerError(string code, string text);

    [LoggerMessage(
        LogLevel.Warning,
        "{Partition}: offsets went back to {Offset} from {Last}: the topic was truncated or made anew, and is read from there")]
    private partial void LogOffsetsReset(string partition, long offset, long last);
}
