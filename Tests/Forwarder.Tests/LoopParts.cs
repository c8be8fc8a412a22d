using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Delivery;
using Observability.Forwarder.Tests.Kafka;

namespace Observability.Forwarder.Tests;

/// <summary>The loop's parts around the backlog, without a broker, a store or a thread: a test says what happens during a wait.</summary>
internal sealed class LoopParts : IDisposable
{
    private readonly List<ManualSender> _senders = [];
    private readonly QueuedTaskScheduler _scheduler = new();
    private readonly LogStream _stream = TestStreams.Create("service").Get("shop");
    private readonly SenderPool _pool;

    public LoopParts()
    {
        // What a test completes goes on at once, on the test's own thread.
        SynchronizationContext.SetSynchronizationContext(null);
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var (producer, _) = FakeProducer.Create();
        var writer = new DeadLetterWriter(producer, options, Time, NullLogger<DeadLetterWriter>.Instance);
        _pool = new SenderPool(2, CreateSender, WakeUp, Fatal, _scheduler);
        var deliveries = new Deliveries(
            _pool,
            new LimitedStreams(new StreamLedger(options, Time), options, Metrics, Time, new Random(1)),
            new DeadLetterQueue(writer, Metrics, WakeUp, Fatal, NullLogger<DeadLetterQueue>.Instance),
            Metrics,
            Time);
        Offsets = new OffsetCommitter(Consumer, NullLogger<OffsetCommitter>.Instance);
        Watch = new StallWatch(Consumer, Time, NullLogger<StallWatch>.Instance);
        Batcher = new Batcher(Options.Batch, 1, Time, batch => Backlog!.Send(batch));
        Upkeep = new Upkeep(Assignment, Offsets, Watch, skipper: null, Time);
        Backlog = new Backlog(Batcher, deliveries, Upkeep, Options, Metrics, WakeUp, Fatal, Time);
        Handover = new PartitionHandover(Assignment, Backlog, Offsets, Options, Metrics, NullLogger<PartitionHandover>.Instance);
        Assignment.Tell(Handover);
    }

    public ForwarderOptions Options { get; } = new()
    {
        MaxBufferedBytes = 1_000_000,
        DrainTimeout = TimeSpan.FromSeconds(15),
        Batch = { MaxBytes = 10_000, MaxAge = TimeSpan.FromMilliseconds(20) },
    };

    public FakeTimeProvider Time { get; } = new();

    public FakeConsumer Consumer { get; } = new();

    public PartitionAssignment Assignment { get; } = new();

    public FatalError Fatal { get; } = new();

    public ManualWakeUp WakeUp { get; } = new();

    public TestMeters Meters { get; } = new();

    public Forwarder.Metrics.ForwarderMetrics Metrics => Meters.Metrics;

    public OffsetCommitter Offsets { get; }

    public StallWatch Watch { get; }

    public Batcher Batcher { get; }

    public Upkeep Upkeep { get; }

    public Backlog Backlog { get; }

    public PartitionHandover Handover { get; }

    /// <summary>Assigns a partition of <c>logs</c>.</summary>
    public PartitionState Assign(int partition = 0)
    {
        Assignment.OnAssigned([new("logs", partition)]);
        return Assignment.Partitions.Single(state => state.Partition.Partition.Value == partition);
    }

    /// <summary>A line of a record of its own waits in the open batch.</summary>
    public void Write(PartitionState partition, long offset)
    {
        var record = new TestRecord(partition, offset, "line"u8);
        Batcher.Write(record.Record, 0, default, _stream, 1, record.Value, default);
        partition.Offsets.Complete(record.Record.Number);
    }

    /// <summary>Senders go on with what was given to them.</summary>
    public void RunSenders() => _scheduler.RunAll();

    /// <summary>Loki answers all that is under way.</summary>
    public void Answer()
    {
        RunSenders();
        foreach (var sender in _senders.Where(sender => sender.IsSending))
            sender.Complete();
        RunSenders();
    }

    public void Dispose()
    {
        _pool.Dispose();
        Meters.Dispose();
    }

    private ManualSender CreateSender()
    {
        _senders.Add(new ManualSender());
        return _senders[^1];
    }
}
