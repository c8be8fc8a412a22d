using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Tests.Delivery;
using Observability.Forwarder.Tests.Kafka;

namespace Observability.Forwarder.Tests;

/// <summary>
/// The loop as it is put together, without a broker, a store or threads: a test says what a read gives and what Loki answers.
/// </summary>
internal sealed class WholeLoop : IDisposable
{
    private readonly List<ManualSender> _senders = [];
    private readonly QueuedTaskScheduler _scheduler = new();
    private readonly TestMeters _meters = new();
    private readonly PipelineComposition _composition;

    public WholeLoop(bool skipUnreadable = false)
    {
        // What a test completes goes on at once, on the test's own thread.
        SynchronizationContext.SetSynchronizationContext(null);
        var options = Options.Create(new ForwarderOptions
        {
            Topics = "logs,more",
            DrainTimeout = TimeSpan.FromSeconds(15),
            SkipUnreadable = skipUnreadable,
        });
        WakeUp.OnWait = Time.Advance;
        var (producer, _) = FakeProducer.Create();
        var writer = new DeadLetterWriter(producer, options, Time, NullLogger<DeadLetterWriter>.Instance);
        _composition = new PipelineComposition(
            Consumer,
            Assignment,
            CreateSender,
            new LimitedStreams(new StreamLedger(options, Time), options, _meters.Metrics, Time, new Random(1)),
            new DeadLetterQueue(writer, _meters.Metrics, WakeUp, Fatal, NullLogger<DeadLetterQueue>.Instance),
            new StallWatch(Consumer, Time, NullLogger<StallWatch>.Instance),
            Finder,
            _meters.Metrics,
            options,
            Time,
            WakeUp,
            Fatal,
            _scheduler,
            NullLoggerFactory.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeConsumer Consumer { get; } = new();

    public ManualBatchEndFinder Finder { get; } = new();

    public PartitionAssignment Assignment { get; } = new();

    /// <summary>Time passes in each wait, unless a test says otherwise.</summary>
    public ManualWakeUp WakeUp { get; } = new();

    public FatalError Fatal { get; } = new();

    public Pipeline Pipeline => _composition.Pipeline;

    /// <summary>Whether Loki has lines and has not answered.</summary>
    public bool IsSending
    {
        get
        {
            _scheduler.RunAll();
            return _senders.Exists(sender => sender.IsSending);
        }
    }

    /// <summary>Loki answers all that is under way.</summary>
    public void Answer()
    {
        _scheduler.RunAll();
        foreach (var sender in _senders.Where(sender => sender.IsSending))
            sender.Complete();
        _scheduler.RunAll();
    }

    public void Dispose()
    {
        _composition.Dispose();
        _meters.Dispose();
    }

    private ManualSender CreateSender()
    {
        _senders.Add(new ManualSender());
        return _senders[^1];
    }
}
