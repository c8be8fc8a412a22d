using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder;

/// <summary>
/// Kafka → Loki: the loop. One thread reads, decodes, labels and fills batches; senders deliver them side by side; delivered
/// batches come back to the one thread, which moves the offsets. So no lock is held anywhere on the way.
/// </summary>
/// <param name="consumer">Reads from Kafka.</param>
/// <param name="assignment">The partitions.</param>
/// <param name="handover">Delivers what was read before partitions go.</param>
/// <param name="flow">Decides whether to read.</param>
/// <param name="router">Takes what was read.</param>
/// <param name="backlog">What was read and is not done with.</param>
/// <param name="fatal">Ends the loop.</param>
/// <param name="options">The topics.</param>
/// <param name="logger">Is told of the loop's start and end.</param>
internal sealed partial class Pipeline(
    IRecordConsumer consumer,
    PartitionAssignment assignment,
    PartitionHandover handover,
    FlowControl flow,
    MessageRouter router,
    Backlog backlog,
    FatalError fatal,
    ForwarderOptions options,
    ILogger<Pipeline> logger)
{
    /// <summary>
    /// Runs until stopped, then drains: what was read is delivered, as far as <see cref="ForwarderOptions.DrainTimeout"/> allows, and
    /// committed.
    /// </summary>
    /// <param name="stoppingToken">Stops it.</param>
    /// <exception cref="InvalidOperationException">It cannot go on, e.g. because another instance has its
    /// <c>group.instance.id</c>.</exception>
    public void Run(CancellationToken stoppingToken)
    {
        backlog.Stopping = stoppingToken;
        try
        {
            Start();
            while (!stoppingToken.IsCancellationRequested)
                Step();
            Drain();
        }
        finally
        {
            consumer.Detach();
            backlog.GiveUp();
        }
    }

    /// <summary>Joins the group.</summary>
    internal void Start()
    {
        LogSubscribing(options.Topics, options.GroupId);
        consumer.Subscribe(ForwarderOptions.List(options.Topics));
    }

    /// <summary>One round: acknowledge what is delivered, then read, or wait for Loki.</summary>
    internal void Step()
    {
        backlog.Work();
        if (flow.MayRead(backlog.WaitingBytes, assignment.Partitions))
            Read();
        else
            backlog.Wait();
        fatal.ThrowIfReported();
    }

    /// <summary>Delivers what was read and commits it, as far as <see cref="ForwarderOptions.DrainTimeout"/> allows.</summary>
    internal void Drain()
    {
        LogDraining();
        handover.Drain();
    }

    private void Read()
    {
        // A lone line need not wait for others to be read with it, and who waits for the first need not look up so often.
        var isIdle = backlog.IsEmpty && assignment.Partitions.All(partition => partition.Offsets.Pending == 0);
        var timeout = isIdle ? Backlog.IdleWait : backlog.ReadTimeout();
        var count = assignment.Read(consumer, timeout, isIdle, out var isAmbiguous);
        if (!isAmbiguous)
        {
            router.Route(count, backlog.GivenUp);
            return;
        }

        LogAmbiguousRebalance();
        consumer.Unsubscribe();
        consumer.Subscribe(ForwarderOptions.List(options.Topics));
    }

    [LoggerMessage(LogLevel.Information, "Consuming {Topics} as group '{Group}'")]
    private partial void LogSubscribing(string topics, string group);

    [LoggerMessage(LogLevel.Information, "Stopping: delivering what was read")]
    private partial void LogDraining();

    [LoggerMessage(LogLevel.Warning, "A partition went and came back within one read; joining the group anew")]
    private partial void LogAmbiguousRebalance();
}
