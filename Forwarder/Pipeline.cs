using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;

namespace Observability.Forwarder;

/// <summary>
/// Kafka → Loki. One thread reads, decodes, labels and fills batches; senders deliver them side by side; delivered
/// batches come back to the one thread, which moves the offsets. So no lock is held anywhere on the way.
/// </summary>
internal sealed partial class Pipeline : IDisposable
{
    private const int ReadSize = 1000;
    private const int LatencySample = 64;

    // What the objects of a header take, about.
    private const int HeaderOverhead = 100;

    // rd_kafka_consume_batch_queue waits for a full batch that long, so this adds to a lone line's latency.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StoreInterval = TimeSpan.FromMilliseconds(100);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly PartitionAssignment _assignment;
    private readonly DeadLetterWriter _deadLetters;
    private readonly ForwarderMetrics _metrics;
    private readonly ForwarderOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Pipeline> _logger;
    private readonly Func<BatchSender> _createSender;
    private readonly LabelSchema _schema;
    private readonly StreamTable _streams;
    private readonly LineBuilder _lines;
    private readonly Batcher _batcher;
    private readonly RecordDecoder _decoder = new();
    private readonly RecordContext _record = new();
    private readonly Dictionary<string, TopicState> _topics = [];
    private readonly Channel<Batch> _full = Channel.CreateUnbounded<Batch>(new() { SingleWriter = true });
    private readonly ConcurrentQueue<Batch> _delivered = new();
    private readonly ConcurrentQueue<(PartitionState Partition, long Number)> _deadRecords = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly CancellationTokenSource _giveUp = new();
    private Exception? _fault;
    private int _inFlight;
    private long _inFlightBytes;
    private long _lastStore;
    private bool _mustPause;
    private bool _isDrained;

    public Pipeline(
        IConsumer<byte[], byte[]> consumer,
        PartitionAssignment assignment,
        DeadLetterWriter deadLetters,
        ForwarderMetrics metrics,
        IOptions<ForwarderOptions> options,
        TimeProvider time,
        Func<BatchSender> createSender,
        ILogger<Pipeline> logger)
    {
        _consumer = consumer;
        _assignment = assignment;
        _deadLetters = deadLetters;
        _metrics = metrics;
        _options = options.Value;
        _time = time;
        _createSender = createSender;
        _logger = logger;
        _schema = new LabelSchema(_options);
        _streams = new StreamTable(_schema.Labels, _options.MaxStreams, time);
        _batcher = new Batcher(_options.Batch, _options.MaxPushesInFlight + 2, time, Send);
        _lines = new LineBuilder(_schema, _streams, _batcher);
        _assignment.Create = partition => new PartitionState(partition, TopicOf(partition.Topic));
        _assignment.Assigned = OnAssigned;
        _assignment.Revoking = OnRevoking;
    }

    /// <summary>Runs until stopped, then drains: what was read is delivered, as far as <see cref="ForwarderOptions.DrainTimeout"/> allows, and committed.</summary>
    /// <param name="stoppingToken">Stops it.</param>
    /// <exception cref="InvalidOperationException">It cannot go on, e.g. because another instance has its <c>group.instance.id</c>.</exception>
    public void Run(CancellationToken stoppingToken)
    {
        // Made here: what is wrong with the settings ends this run at once, not some task unseen.
        var senders = Enumerable.Range(0, _options.MaxPushesInFlight).Select(_ => _createSender()).ToArray()
            .Select(sender => Task.Run(() => SendAsync(sender))).ToArray();
        var topics = ForwarderOptions.List(_options.Topics);
        LogSubscribing(_options.Topics, _options.GroupId);
        _consumer.Subscribe(topics);
        using (var reader = new RecordReader(_consumer, ReadSize))
        {
            var overBudgetSince = 0L;
            while (!stoppingToken.IsCancellationRequested)
            {
                Maintain();
                if (_inFlightBytes >= _options.MaxBufferedBytes)
                {
                    overBudgetSince = overBudgetSince == 0 ? _time.GetTimestamp() : overBudgetSince;
                    if (_time.GetElapsedTime(overBudgetSince) < PauseAfter)
                    {
                        // Most such waits end with the next answer: pausing would throw away what librdkafka has fetched ahead.
                        _wake.WaitOne(ReadTimeout);
                        continue;
                    }

                    Pause();
                }
                else if (_inFlightBytes < _options.MaxBufferedBytes / 2 || !_metrics.IsPaused)
                {
                    overBudgetSince = 0;
                    Resume();
                }

                // Also while paused: whoever does not read is thrown out of the group after max.poll.interval.ms.
                ReadOnce(reader, NextTimeout());
            }

            Drain();
        }

        _full.Writer.Complete();
        _giveUp.Cancel();
        Task.WaitAll(senders, CancellationToken.None);
    }

    /// <summary>Ends <see cref="Run"/> with an exception: the consumer reported what it cannot recover from.</summary>
    public void Fail(Exception exception) => Interlocked.CompareExchange(ref _fault, exception, null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _giveUp.Dispose();
        _wake.Dispose();
    }

    private void ReadOnce(RecordReader reader, TimeSpan timeout)
    {
        _assignment.BeginRead();
        var count = reader.Read(timeout);
        if (_fault is { } fault)
            throw new InvalidOperationException(fault.Message, fault);
        if (_assignment.IsAmbiguous)
        {
            LogAmbiguousRebalance();
            _consumer.Unsubscribe();
            _consumer.Subscribe(ForwarderOptions.List(_options.Topics));
            return;
        }

        _streams.Now = _time.GetTimestamp();
        for (var i = 0; i < count; i++)
            Process(reader, i);
    }

    private unsafe void Process(RecordReader reader, int index)
    {
        ref readonly var message = ref reader[index];
        if (message.Error != 0)
        {
            LogConsumerError(((ErrorCode)message.Error).ToString(), reader.ErrorText(index));
            return;
        }

        // A record of a partition that was revoked within this very read is its next owner's; one that was read before needs no second reading.
        var partition = _assignment.Find(message.Topic, message.Partition);
        if (partition is null || message.Offset <= partition.LastOffset)
            return;

        partition.LastOffset = message.Offset;
        var headers = reader.Headers(index);
        _record.Partition = partition;
        _record.Offset = message.Offset;
        _record.Number = partition.Offsets.Begin(message.Offset);
        _record.TimestampMilliseconds = Math.Max(0, reader.Timestamp(index));
        _record.Value = message.Payload;
        _record.ValueLength = (int)message.PayloadLength;
        _record.Key = message.Key;
        _record.KeyLength = (int)message.KeyLength;
        _record.Headers = headers;
        _record.HeaderBytes = headers?.Sum(header => header.Key.Length + (header.Value?.Length ?? 0) + HeaderOverhead) ?? 0;
        (_record.OriginPartition, _record.OriginOffset) = Origin(headers) ?? (message.Partition, message.Offset);

        partition.Topic.AddRecord(_record.ValueLength);
        if (_record.ValueLength == 0)
        {
            // Nothing that Loki could hold: a tombstone, say.
            WriteDeadLetter("empty", "The record has no value.");
            return;
        }

        _lines.BeginRecord(_record);
        try
        {
            if (!_decoder.Decode(partition.Topic.Format, _record.ValueSpan, _lines))
                partition.Topic.AddUndecodable();
            partition.Offsets.Complete(_record.Number);
        }
#pragma warning disable CA1031 // A decoder that fails on some record would fail on it again after every restart, for ever.
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            partition.Topic.AddUndecodable();
            LogDecoderFailed(exception, partition.Partition.ToString(), message.Offset);
            WriteDeadLetter("undecodable", exception.Message);
        }
    }

    private void WriteDeadLetter(string reason, string text)
    {
        var (partition, number) = (_record.Partition, _record.Number);
        _ = _deadLetters.WriteAsync(_record, reason, text, _giveUp.Token).ContinueWith(
            task =>
            {
                if (task.IsCompletedSuccessfully)
                    _deadRecords.Enqueue((partition, number));
                else if (task.Exception is { } exception)
                    Fail(exception.InnerException!);
            },
            TaskScheduler.Default);
    }

    private static (int Partition, long Offset)? Origin(IReadOnlyList<KeyValuePair<string, byte[]?>>? headers)
    {
        if (headers is null)
            return null;

        foreach (var (name, value) in headers)
        {
            if (name != DeadLetterHeaders.Origin || value is null)
                continue;
            var parts = Encoding.UTF8.GetString(value).Split('/');
            if (parts.Length == 3
                && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var partition)
                && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var offset))
                return (partition, offset);
        }

        return null;
    }

    private void Maintain()
    {
        while (_delivered.TryDequeue(out var batch))
            Acknowledge(batch);
        while (_deadRecords.TryDequeue(out var record))
            record.Partition.Offsets.Complete(record.Number);

        // Under pressure a batch rather fills up than leaves early: fewer, larger pushes.
        if (_inFlight < _options.MaxPushesInFlight)
            _batcher.Flush(all: false);

        if (_time.GetElapsedTime(_lastStore) < StoreInterval)
            return;

        _lastStore = _time.GetTimestamp();
        _metrics.BufferedBytes = _inFlightBytes + _batcher.OpenBytes;
        _metrics.ActiveStreams = _streams.Count;
        _metrics.OverflowLines = _lines.OverflowLines;
        foreach (var partition in _assignment.Partitions)
        {
            Store(partition);
            MeasureLag(partition);
        }
    }

    private TimeSpan NextTimeout()
    {
        var left = _batcher.UntilNextIsOld();
        return left == Timeout.InfiniteTimeSpan || left > ReadTimeout || _inFlight >= _options.MaxPushesInFlight ? ReadTimeout : left;
    }

    private void Acknowledge(Batch batch)
    {
        _inFlight--;
        _inFlightBytes -= batch.Capacity;
        foreach (ref readonly var record in batch.Records)
        {
            record.Partition.Topic.AddStored(record.Lines - record.DeadLines);
            record.Partition.Offsets.Complete(record.Number);
        }

        var now = _time.GetUtcNow();
        var nanoseconds = (now - DateTimeOffset.UnixEpoch).Ticks * 100;
        for (var i = 0; i < batch.Count; i += LatencySample)
            _metrics.Latency(TimeSpan.FromTicks(Math.Max(0, nanoseconds - batch.Entries[i].Timestamp) / 100));
        _batcher.Recycle(batch);
    }

    private void Send(Batch batch)
    {
        _inFlight++;
        _inFlightBytes += batch.Capacity;
        foreach (ref readonly var record in batch.Records)
            record.Partition.Topic.AddLines(record.Lines, record.LineBytes);
        _full.Writer.TryWrite(batch);
    }

    private async Task SendAsync(BatchSender sender)
    {
        try
        {
            await foreach (var batch in _full.Reader.ReadAllAsync(_giveUp.Token).ConfigureAwait(false))
            {
                await sender.DeliverAsync(batch, _giveUp.Token).ConfigureAwait(false);
                _delivered.Enqueue(batch);
                _wake.Set();
            }
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            // The process ends with lines under way. Their offsets are not committed, so they come again.
        }
#pragma warning disable CA1031 // A sender that died unseen would be a partition that stands still: better the process ends and says why.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    private void Pause()
    {
        if (_metrics.IsPaused && !_mustPause)
            return;

        if (!_metrics.IsPaused)
            LogPaused(_inFlightBytes);
        // A failure means that the assignment is just changing. Reading goes on a little then, and the next round tries again.
        _mustPause = !TryEach(_consumer.Pause);
        _metrics.IsPaused = true;
    }

    private void Resume()
    {
        if (!_metrics.IsPaused)
            return;

        _metrics.IsPaused = !TryEach(_consumer.Resume);
        if (!_metrics.IsPaused)
            LogResumed();
    }

    private bool TryEach(Action<IEnumerable<TopicPartition>> change)
    {
        try
        {
            change(_assignment.Partitions.Select(partition => partition.Partition));
            return true;
        }
        catch (KafkaException exception)
        {
            LogStoreFailed("The assignment", exception.Error.Reason);
            return false;
        }
    }

    private void OnAssigned(IReadOnlyList<PartitionState> partitions)
    {
        LogAssigned(PartitionRanges.Describe(partitions.Select(partition => partition.Partition)));
        _metrics.Rebalanced("assigned");
        _metrics.Partitions = [.. _assignment.Partitions];
        _mustPause = true;
    }

    private void OnRevoking(IReadOnlyList<PartitionState> partitions, bool areLost)
    {
        LogRevoked(PartitionRanges.Describe(partitions.Select(partition => partition.Partition)), areLost ? "lost" : "revoked");
        _metrics.Rebalanced(areLost ? "lost" : "revoked");
        if (!areLost && !_isDrained)
        {
            // Fewer duplicates for the next owner to send; whatever is still under way afterwards is given up, not half-committed.
            DeliverPending(partitions);
            foreach (var partition in partitions)
                Store(partition);
        }

        _metrics.Partitions = [.. _assignment.Partitions.Except(partitions)];
    }

    private void DeliverPending(IReadOnlyList<PartitionState> partitions)
    {
        _batcher.Flush(all: true);
        var start = _time.GetTimestamp();
        while (partitions.Any(partition => partition.Offsets.Pending > 0) && _time.GetElapsedTime(start) < _options.DrainTimeout)
        {
            _wake.WaitOne(ReadTimeout);
            Maintain();
        }
    }

    private void Drain()
    {
        LogDraining();
        DeliverPending([.. _assignment.Partitions]);
        foreach (var partition in _assignment.Partitions)
            Store(partition);
        _isDrained = true;
    }

    // librdkafka commits what is stored: at the interval, when the partition goes, and on close.
    private void Store(PartitionState partition)
    {
        var offset = partition.Offsets.NextOffset;
        if (offset == partition.StoredOffset)
            return;

        try
        {
            _consumer.StoreOffset(new TopicPartitionOffset(partition.Partition, offset));
            partition.StoredOffset = offset;
        }
        catch (KafkaException exception)
        {
            // The assignment is just changing; its handler will come.
            LogStoreFailed(partition.Partition.ToString(), exception.Error.Reason);
        }
    }

    private void MeasureLag(PartitionState partition)
    {
        try
        {
            var end = _consumer.GetWatermarkOffsets(partition.Partition).High.Value;
            var done = partition.Offsets.NextOffset >= 0 ? partition.Offsets.NextOffset : _consumer.Position(partition.Partition).Value;
            if (end >= 0 && done >= 0)
                partition.Lag = Math.Max(0, end - done);
        }
        catch (KafkaException exception)
        {
            LogStoreFailed(partition.Partition.ToString(), exception.Error.Reason);
        }
    }

    private TopicState TopicOf(string name)
    {
        if (_topics.TryGetValue(name, out var topic))
            return topic;

        var format = _options.Formats.TryGetValue(name, out var text) && RecordFormats.TryParse(text, out var parsed) ? parsed : RecordFormat.Auto;
        topic = new TopicState(name, format, _schema.DefaultsOf(name));
        _topics.Add(name, topic);
        _metrics.Topics = [.. _topics.Values];
        return topic;
    }
}
