using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>A Confluent.Kafka consumer, read by a <see cref="RecordReader"/>.</summary>
internal sealed class RecordConsumer(IConsumer<byte[], byte[]> consumer) : IRecordConsumer, IDisposable
{
    // Messages per read. Each read crosses into native code once.
    private const int ReadSize = 1000;

    private RecordReader? _reader;

    /// <inheritdoc/>
    public ref readonly NativeMessage this[int index] => ref _reader![index];

    /// <inheritdoc/>
    public void Subscribe(IReadOnlyList<string> topics)
    {
        consumer.Subscribe(topics);
        _reader ??= new RecordReader(consumer, ReadSize);
    }

    /// <inheritdoc/>
    public void Unsubscribe() => consumer.Unsubscribe();

    /// <inheritdoc/>
    public void Detach()
    {
        _reader?.Dispose();
        _reader = null;
    }

    /// <inheritdoc/>
    public int Read(TimeSpan timeout, bool onlyFirst = false) => _reader!.Read(timeout, onlyFirst);

    /// <inheritdoc/>
    public string ErrorText(int index) => _reader!.ErrorText(index);

    /// <inheritdoc/>
    public long Timestamp(int index) => _reader!.Timestamp(index);

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers(int index) => _reader!.Headers(index);

    /// <inheritdoc/>
    public string TopicName(nint topic) => RecordReader.TopicName(topic);

    /// <inheritdoc/>
    public void Pause(IEnumerable<TopicPartition> partitions) => consumer.Pause(partitions);

    /// <inheritdoc/>
    public void Resume(IEnumerable<TopicPartition> partitions) => consumer.Resume(partitions);

    /// <inheritdoc/>
    public void StoreOffset(TopicPartitionOffset offset) => consumer.StoreOffset(offset);

    /// <inheritdoc/>
    public void Commit(TopicPartitionOffset offset) => consumer.Commit([offset]);

    /// <inheritdoc/>
    public void Seek(TopicPartitionOffset offset) => consumer.Seek(offset);

    /// <inheritdoc/>
    public Offset EndOf(TopicPartition partition) => consumer.GetWatermarkOffsets(partition).High;

    /// <inheritdoc/>
    public Offset PositionOf(TopicPartition partition) => consumer.Position(partition);

    /// <inheritdoc/>
    public void Dispose() => Detach();
}
