using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// What the Forwarder asks of a Kafka consumer. One thread calls it. Handlers of assigned and revoked partitions run within
/// <see cref="Read"/>.
/// </summary>
internal interface IRecordConsumer
{
    /// <summary>Joins the group, or joins it anew.</summary>
    /// <param name="topics">Topics, or patterns that start with <c>^</c>.</param>
    void Subscribe(IReadOnlyList<string> topics);

    /// <summary>Leaves the group: all partitions are revoked within the next read.</summary>
    void Unsubscribe();

    /// <summary>Ends what the last read has handed out, and reads no more.</summary>
    void Detach();

    /// <summary>Reads what is there, waiting for a full batch until the time is up. Ends what the last read has handed out.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="onlyFirst">Whether to read no more than one message, and so to wait no longer than until it comes.</param>
    /// <returns>The number of messages; see <see cref="this"/>.</returns>
    int Read(TimeSpan timeout, bool onlyFirst = false);

    /// <summary>
    /// A message of the last read, valid until the next one. If its <see cref="NativeMessage.Error"/> is not 0 it is not a record but
    /// an event of the consumer.
    /// </summary>
    /// <param name="index">The message's place in the read, from 0.</param>
    ref readonly NativeMessage this[int index] { get; }

    /// <summary>The text of a message that has an error.</summary>
    /// <param name="index">The message's place in the read.</param>
    string ErrorText(int index);

    /// <summary>Kafka's timestamp of a record.</summary>
    /// <param name="index">The record's place in the read.</param>
    /// <returns>Unix time in milliseconds, or -1.</returns>
    long Timestamp(int index);

    /// <summary>The headers of a record.</summary>
    /// <param name="index">The record's place in the read.</param>
    /// <returns>The headers, or <see langword="null"/> for none.</returns>
    IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers(int index);

    /// <summary>The name of a topic.</summary>
    /// <param name="topic">librdkafka's topic, as in a message.</param>
    string TopicName(nint topic);

    /// <summary>Stops the fetching of partitions.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <exception cref="KafkaException">The assignment is just changing.</exception>
    void Pause(IEnumerable<TopicPartition> partitions);

    /// <summary>Goes on with the fetching of partitions.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <exception cref="KafkaException">The assignment is just changing.</exception>
    void Resume(IEnumerable<TopicPartition> partitions);

    /// <summary>Says up to where a partition is done. It is committed at the interval, when the partition goes, and on close.</summary>
    /// <param name="offset">One past the last record that is done.</param>
    /// <exception cref="KafkaException">The assignment is just changing.</exception>
    void StoreOffset(TopicPartitionOffset offset);

    /// <summary>Commits an offset at once, also one that is smaller than the committed one, and waits for the broker's word.</summary>
    /// <param name="offset">One past the last record that is done.</param>
    /// <exception cref="KafkaException">It was not committed.</exception>
    void Commit(TopicPartitionOffset offset);

    /// <summary>Goes on with the reading of a partition elsewhere.</summary>
    /// <param name="offset">The offset of the record to be read next.</param>
    /// <exception cref="KafkaException">The assignment is just changing.</exception>
    void Seek(TopicPartitionOffset offset);

    /// <summary>The end of a partition as the last fetch of it said, without asking the broker.</summary>
    /// <param name="partition">The partition.</param>
    /// <returns>The offset of the next record to be written, or a special value when no fetch has said it yet.</returns>
    /// <exception cref="KafkaException">The assignment is just changing.</exception>
    Offset EndOf(TopicPartition partition);

    /// <summary>Where the reading of a partition stands.</summary>
    /// <param name="partition">The partition.</param>
    /// <returns>One past the last record that was handed out, or a special value before the first one.</returns>
    /// <exception cref="KafkaException">The assignment is just changing.</exception>
    Offset PositionOf(TopicPartition partition);
}
