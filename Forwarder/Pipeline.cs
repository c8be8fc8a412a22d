using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder;

/// <summary>
/// Kafka → Loki: the loop. One thread reads, decodes, labels and fills batches; senders deliver them side by side; delivered
/// batches come back to the one thread, which moves the offsets. So no lock is held anywhere on the way.
/// </summary>
internal sealed partial class Pipeline : IPartitionEvents, IDisposable
{
    // rd_kafka_consume_batch_queue waits for a full batch that long, so this adds to a lone line's latency.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StoreInterval = TimeSpan.FromMilliseconds(100);

    // Nothing is read while partitions change hands, so the trouble of one of them must not hold up the others for long.
    private static readonly TimeSpan SetAsidePatience = TimeSpan.FromSeconds(2);

    private readonly IRecordConsumer _consumer;
    private readonly PartitionAssignment _assignment;
    private readonly ForwarderMetrics _metrics;
    private readonly ForwarderOptions _options;
    private readonly TimeProvider _time;
    private readonly IWakeUp _wakeUp;
    private readonly Fault _fault;
    private readonly ILogger<Pipeline> _logger;
    private readonly StreamTable _streams;
    private readonly LineBuilder _lines;
    private readonly Batcher _batcher;
    private readonly RecordIntake _intake;
    private readonly SenderPool _senders;
    private readonly Deliveries _deliveries;
    private readonly FlowControl _flow;
    private readonly OffsetStore _offsets;
    private readonly StallWatch _watch;
    private readonly UnreadableSkipper _skipper;
    private CancellationToken _stopping;
    private long _lastStore;
    private bool _isDrained;

    public Pipeline(
        IRecordConsumer consumer,
        PartitionAssignment assignment,
        Func<IBatchSender> createSender,
        LimitedStreams limited,
        DeadLetterQueue deadLetters,
        StallWatch watch,
        IBatchEndFinder finder,
        ForwarderMetrics metrics,
        IOptions<ForwarderOptions> options,
        TimeProvider time,
        IWakeUp wakeUp,
        Fault fault,
        TaskScheduler scheduler,
        ILoggerFactory loggers)
    {
        _consumer = consumer;
        _assignment = assignment;
        _metrics = metrics;
        _options = options.Value;
        _time = time;
        _wakeUp = wakeUp;
        _fault = fault;
        _logger = loggers.CreateLogger<Pipeline>();
        var schema = new LabelSchema(_options);
        _streams = new StreamTable(schema.Labels, _options.MaxStreams, time);
        _senders = new SenderPool(_options.MaxPushesInFlight, createSender, wakeUp, fault, scheduler);
        _deliveries = new Deliveries(_senders, limited, deadLetters, metrics, time);
        // As many empty batches as may be full at once: a batch is a megabyte or two, and making anew what was dropped is dear.
        _batcher = new Batcher(
            _options.Batch, Math.Max(_options.MaxPushesInFlight + 2, _options.MaxBufferedBytes / _options.Batch.MaxBytes), time, Send);
        var tracing = new RecordTracing(_options, time);
        _lines = new LineBuilder(schema, _streams, _batcher, tracing: tracing);
        _intake = new RecordIntake(
            consumer, _lines, deadLetters, _options.MaxRecordBytes, tracing, loggers.CreateLogger<RecordIntake>());
        _flow = new FlowControl(consumer, metrics, _options, time, loggers.CreateLogger<FlowControl>());
        _offsets = new OffsetStore(consumer, loggers.CreateLogger<OffsetStore>());
        _watch = watch;
        _skipper = new UnreadableSkipper(consumer, finder, _intake, watch, loggers.CreateLogger<UnreadableSkipper>());
        assignment.Tell(this);
    }

    /// <summary>
    /// Runs until stopped, then drains: what was read is delivered, as far as <see cref="ForwarderOptions.DrainTimeout"/> allows, and
    /// committed.
    /// </summary>
    /// <param name="stoppingToken">Stops it.</param>
    /// <exception cref="InvalidOperationException">It cannot go on, e.g. because another instance has its
    /// <c>group.instance.id</c>.</exception>
    public void Run(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        try
        {
            Start();
            while (!stoppingToken.IsCancellationRequested)
                Step();
            Drain();
        }
        finally
        {
            _consumer.Detach();
            _deliveries.GiveUp();
        }
    }

    /// <summary>Joins the group.</summary>
    internal void Start()
    {
        LogSubscribing(_options.Topics, _options.GroupId);
        _consumer.Subscribe(ForwarderOptions.List(_options.Topics));
    }

    /// <summary>One round: acknowledge what is delivered, then read, or wait for Loki.</summary>
    internal void Step()
    {
        Maintain();
        if (_flow.MayRead(_deliveries.WaitingBytes, _assignment.Partitions))
            Read();
        else
            _wakeUp.Wait(ReadTimeout);
        _fault.ThrowIfReported();
    }

    /// <summary>Delivers what was read and stores its offsets, as far as <see cref="ForwarderOptions.DrainTimeout"/> allows.</summary>
    internal void Drain()
    {
        LogDraining();
        DeliverPending([.. _assignment.Partitions], _options.DrainTimeout);
        foreach (var partition in _assignment.Partitions)
            _offsets.Store(partition);
        _isDrained = true;
    }

    /// <inheritdoc/>
    public PartitionState Create(TopicPartition partition)
    {
        var format = _options.Formats.TryGetValue(partition.Topic, out var text) && RecordFormats.TryParse(text, out var parsed)
            ? parsed : RecordFormat.Auto;
        return new PartitionState(partition, format, _metrics.CountersOf(partition.Topic));
    }

    /// <inheritdoc/>
    public void OnAssigned(IReadOnlyList<PartitionState> partitions)
    {
        LogAssigned(PartitionRanges.Describe(partitions.Select(partition => partition.Partition)));
        _metrics.Rebalanced("assigned");
        ShowPartitions(_assignment.Partitions);
    }

    /// <inheritdoc/>
    public void OnRevoking(IReadOnlyList<PartitionState> partitions, bool areLost)
    {
        LogRevoked(PartitionRanges.Describe(partitions.Select(partition => partition.Partition)), areLost ? "lost" : "revoked");
        _metrics.Rebalanced(areLost ? "lost" : "revoked");
        if (!areLost && !_isDrained)
        {
            // Fewer duplicates for the next owner to send; whatever is still under way afterwards is given up, not half-committed.
            DeliverPending(partitions, SetAsidePatience);
            foreach (var partition in partitions)
                _offsets.Store(partition);
        }

        ShowPartitions(_assignment.Partitions.Except(partitions));
    }

    /// <inheritdoc/>
    public void Dispose() => _senders.Dispose();

    private void Read()
    {
        var count = _assignment.Read(_consumer, NextTimeout(), out var isAmbiguous);
        if (isAmbiguous)
        {
            LogAmbiguousRebalance();
            _consumer.Unsubscribe();
            _consumer.Subscribe(ForwarderOptions.List(_options.Topics));
            return;
        }

        _streams.Now = _time.GetTimestamp();
        for (var i = 0; i < count; i++)
            Process(i);
    }

    private void Process(int index)
    {
        ref readonly var message = ref _consumer[index];
        if (message.Error != 0)
        {
            OnConsumerError(index, in message);
            return;
        }

        // A record of a partition that was revoked within this very read is its next owner's.
        if (_assignment.Find(_consumer, message.Topic, message.Partition) is not { } partition)
            return;

        if (message.Offset <= partition.LastOffset)
        {
            // librdkafka went back to the topic's start, which it tells nobody but its log; or it reads some records again, which is
            // seen by nobody.
            LogOffsetsReset(partition.Partition.ToString(), message.Offset, partition.LastOffset);
            _metrics.OffsetsReset(partition.Partition.Topic);
        }

        partition.LastOffset = message.Offset;
        partition.Unreadable = null;
        _intake.Take(index, partition, _deliveries.GivenUp);
    }

    private void OnConsumerError(int index, in NativeMessage message)
    {
        var code = (ErrorCode)message.Error;
        if (StallWatch.IsUnreadable(code)
            && message.Topic != 0
            && _assignment.Find(_consumer, message.Topic, message.Partition) is { } partition)
        {
            // Twice a second, for ever: the watch tells of it once.
            _metrics.CouldNotRead(partition.Partition.Topic);
            _watch.CouldNotRead(partition, message.Offset, _consumer.ErrorText(index));
            return;
        }

        LogConsumerError(code.ToString(), _consumer.ErrorText(index));
    }

    private TimeSpan NextTimeout()
    {
        var left = _batcher.UntilNextIsOld();
        return left == Timeout.InfiniteTimeSpan || left > ReadTimeout || _deliveries.IsBusy ? ReadTimeout : left;
    }

    private void Maintain()
    {
        _deliveries.Work(_batcher.Recycle);

        // Under pressure a batch rather fills up than leaves early: fewer, larger pushes.
        if (!_deliveries.IsBusy)
            _batcher.Flush(all: false);

        Report();
    }

    private void Report()
    {
        if (_time.GetElapsedTime(_lastStore) < StoreInterval)
            return;

        _lastStore = _time.GetTimestamp();
        _metrics.BufferedBytes = _deliveries.WaitingBytes + _batcher.OpenBytes;
        _metrics.ActiveStreams = _streams.Count;
        _metrics.OverflowLines = _lines.OverflowLines;
        foreach (var partition in _assignment.Partitions)
        {
            _offsets.Store(partition);
            _offsets.MeasureLag(partition);
        }

        _watch.Look(_assignment.Partitions);
        if (_options.SkipUnreadable)
            _skipper.Work(_assignment.Partitions, _deliveries.GivenUp);
    }

    private void Send(Batch batch)
    {
        _deliveries.Send(batch);

        // The budget is looked at between two reads. One read, or one record of a million lines, may hold many times of it.
        var start = _time.GetTimestamp();
        while (IsFarOverBudget && !_stopping.IsCancellationRequested && !_fault.IsReported)
        {
            _wakeUp.Wait(ReadTimeout);
            _deliveries.Work(_batcher.Recycle);
            // Nothing is read meanwhile, and whoever looks shall see it.
            _metrics.IsPaused |= _time.GetElapsedTime(start) >= FlowControl.PauseAfter;
            Report();
        }
    }

    // What is set aside comes to that only by a record of millions of lines in a stream that is at a limit.
    private bool IsFarOverBudget =>
        _deliveries.WaitingBytes >= 2L * _options.MaxBufferedBytes || _deliveries.LimitedBytes >= 4L * _options.MaxBufferedBytes;

    private void DeliverPending(IReadOnlyList<PartitionState> partitions, TimeSpan setAsidePatience)
    {
        _batcher.Flush(all: true);
        var start = _time.GetTimestamp();
        while (partitions.Any(partition => partition.Offsets.Pending > 0))
        {
            var elapsed = _time.GetElapsedTime(start);
            if (elapsed >= _options.DrainTimeout || (_deliveries.WaitingBytes == 0 && elapsed >= setAsidePatience))
                return;

            _wakeUp.Wait(ReadTimeout);
            Maintain();
        }
    }

    private void ShowPartitions(IEnumerable<PartitionState> partitions) =>
        _metrics.Partitions = [.. partitions.Select(partition => partition.Gauges)];
}
