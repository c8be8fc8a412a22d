using Observability.Forwarder.Batching;
using Observability.Forwarder.Metrics;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Batches on their way to Loki, and what becomes of their lines when they come back: stored, a dead letter, or set aside. Then the batch's
/// part of its records is done. Belongs to the consuming thread.
/// </summary>
/// <param name="senders">Deliver.</param>
/// <param name="limited">Takes the lines of streams that are at a limit.</param>
/// <param name="deadLetters">Takes the lines that Loki refuses for good.</param>
/// <param name="metrics">Is told the lines' age.</param>
/// <param name="time">Tells it.</param>
internal sealed class Deliveries(
    SenderPool senders, LimitedStreams limited, DeadLetterQueue deadLetters, ForwarderMetrics metrics, TimeProvider time)
{
    // One line in so many is measured.
    private const int LatencySample = 64;

    private readonly Action<Batch> _send = senders.Send;

    /// <summary>Memory of what waits for Loki as a whole, in bytes.</summary>
    public long WaitingBytes => senders.InFlightBytes;

    /// <summary>Memory of the lines that are set aside since their stream is at a limit, in bytes.</summary>
    public long LimitedBytes => limited.Bytes;

    /// <summary>Whether a further batch would wait for a sender.</summary>
    public bool IsBusy => senders.IsBusy;

    /// <summary>Is cancelled when what is under way is to be given up.</summary>
    public CancellationToken GivenUp => senders.GivenUp;

    /// <summary>Sends a batch.</summary>
    /// <param name="batch">The batch. It comes back by <see cref="Work"/>.</param>
    public void Send(Batch batch)
    {
        foreach (ref readonly var record in batch.Records)
            record.Partition.Topic.AddLines(record.Lines, record.LineBytes);
        batch.Traces.Close(batch);
        senders.Send(batch);
    }

    /// <summary>Takes back what is delivered, writes dead letters, and sends what a limit may let pass by now.</summary>
    /// <param name="recycle">Takes the batches that are done with.</param>
    public void Work(Action<Batch> recycle)
    {
        while (senders.TryTakeDelivered(out var batch))
        {
            if (batch.IsLate && !limited.Return(batch))
                continue;

            TakeBack(batch);
            recycle(batch);
        }

        deadLetters.Work(GivenUp);
        limited.SendDue(_send);
    }

    /// <summary>Gives up what is under way: it is not acknowledged, so it comes again.</summary>
    public void GiveUp() => senders.GiveUp();

    private void TakeBack(Batch batch)
    {
        foreach (var piece in batch.Late)
        {
            foreach (var line in piece.Lines.Span)
                batch.Records[batch.Entries[line].Record].LateLines++;
        }

        foreach (var refused in batch.Refused)
            batch.Records[batch.Entries[refused.Line].Record].DeadLines++;

        // What is not done with yet has a part of its own in its record before the batch's ends.
        limited.SetAside(batch);
        deadLetters.Add(batch);
        foreach (ref readonly var record in batch.Records)
        {
            record.Partition.Topic.AddStored(record.Lines - record.DeadLines - record.LateLines);
            record.Partition.Offsets.Complete(record.Number);
        }

        batch.Traces.Deliver(batch);
        if (batch.Late.Count > 0)
            return;

        var nanoseconds = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        for (var i = 0; i < batch.Count; i += LatencySample)
            metrics.Latency(TimeSpan.FromTicks(Math.Max(0, nanoseconds - batch.Entries[i].Timestamp) / 100));
    }
}
