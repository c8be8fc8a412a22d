using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder;

/// <summary>
/// Lines that were read and are not done with: in open batches, and on their way to Loki. Bounds them, and waits for them to be delivered.
/// Belongs to the consuming thread.
/// </summary>
/// <param name="batcher">Holds the open batches; hands full ones to <see cref="Send"/>.</param>
/// <param name="deliveries">Have the batches that were sent.</param>
/// <param name="upkeep">Goes on while the thread waits.</param>
/// <param name="options">The budget, and how long a stop may take.</param>
/// <param name="metrics">Are told how much waits.</param>
/// <param name="wakeUp">Ends a wait when something was delivered.</param>
/// <param name="fatal">Ends a wait for room: the loop ends with it.</param>
/// <param name="time">Tells how long a wait lasts.</param>
internal sealed class Backlog(
    Batcher batcher,
    Deliveries deliveries,
    Upkeep upkeep,
    ForwarderOptions options,
    ForwarderMetrics metrics,
    IWakeUp wakeUp,
    FatalError fatal,
    TimeProvider time)
{
    /// <summary>How long a read waits while nothing is under way: it ends with the first record.</summary>
    internal static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(200);

    // rd_kafka_consume_batch_queue waits for a full batch that long, so this adds to a lone line's latency.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends a wait for room. What is under way is not given up by it.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>Memory of what waits for Loki as a whole, in bytes.</summary>
    public long WaitingBytes => deliveries.WaitingBytes;

    /// <summary>Is cancelled when what is under way is to be given up.</summary>
    public CancellationToken GivenUp => deliveries.GivenUp;

    // What is set aside comes to that only by a record of millions of lines in a stream that is at a limit.
    private bool IsFarOverBudget =>
        deliveries.WaitingBytes >= 2L * options.MaxBufferedBytes || deliveries.LimitedBytes >= 4L * options.MaxBufferedBytes;

    /// <summary>Whether no line is in an open batch or on its way.</summary>
    public bool IsEmpty =>
        batcher.UntilNextIsOld() == Timeout.InfiniteTimeSpan && deliveries.WaitingBytes == 0 && deliveries.LimitedBytes == 0;

    /// <summary>Takes back what is delivered, sends what is old, and does the upkeep that is due.</summary>
    public void Work()
    {
        deliveries.Work(batcher.Recycle);

        // Under pressure a batch rather fills up than leaves early: fewer, larger pushes.
        if (!deliveries.IsBusy)
            batcher.Flush(all: false);

        Report();
    }

    /// <summary>How long a read may wait for records: until a batch is old, or something may have been delivered.</summary>
    public TimeSpan ReadTimeout()
    {
        var left = batcher.UntilNextIsOld();
        return left == Timeout.InfiniteTimeSpan || left > MaxWait || deliveries.IsBusy ? MaxWait : left;
    }

    /// <summary>Waits a moment for something to be delivered.</summary>
    public void Wait() => wakeUp.Wait(MaxWait);

    /// <summary>Sends a batch, and waits while far too much is under way.</summary>
    /// <param name="batch">The batch.</param>
    public void Send(Batch batch)
    {
        deliveries.Send(batch);

        // The budget is looked at between two reads. One read, or one record of a million lines, may hold many times of it.
        var start = time.GetTimestamp();
        while (IsFarOverBudget && !Stopping.IsCancellationRequested && !fatal.IsReported)
        {
            Wait();
            deliveries.Work(batcher.Recycle);
            // Nothing is read meanwhile, and whoever looks shall see it.
            metrics.IsPaused |= time.GetElapsedTime(start) >= FlowControl.PauseAfter;
            Report();
        }
    }

    /// <summary>
    /// Delivers all lines of some partitions, as far as <see cref="ForwarderOptions.DrainTimeout"/> allows. What is not delivered then
    /// stays under way.
    /// </summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="setAsidePatience">How long to wait when nothing but what is set aside is left.</param>
    public void Deliver(IReadOnlyCollection<PartitionState> partitions, TimeSpan setAsidePatience)
    {
        batcher.Flush(all: true);
        var start = time.GetTimestamp();
        while (partitions.Any(partition => partition.Offsets.Pending > 0))
        {
            var elapsed = time.GetElapsedTime(start);
            if (elapsed >= options.DrainTimeout || (deliveries.WaitingBytes == 0 && elapsed >= setAsidePatience))
                return;

            Wait();
            Work();
        }
    }

    /// <summary>Gives up what is under way: it is not acknowledged, so it comes again.</summary>
    public void GiveUp() => deliveries.GiveUp();

    private void Report()
    {
        metrics.BufferedBytes = deliveries.WaitingBytes + batcher.OpenBytes;
        upkeep.Work(deliveries.GivenUp);
    }
}
