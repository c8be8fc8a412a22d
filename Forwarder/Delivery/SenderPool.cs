using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Senders that deliver batches side by side. <see cref="Send"/>, <see cref="TryTakeDelivered"/> and the counts belong to the
/// consuming thread: what it gives it takes back, so nothing else needs a lock.
/// </summary>
internal sealed class SenderPool : IDisposable
{
    // A sender that was told to give up and does not is beyond help; the process ends without it.
    private static readonly TimeSpan GiveUpPatience = TimeSpan.FromSeconds(5);

    private readonly Worker[] _workers;
    private readonly ConcurrentQueue<Batch> _full = new();
    private readonly ConcurrentQueue<Batch> _delivered = new();
    private readonly ConcurrentStack<Worker> _idle = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly IWakeUp _wakeUp;
    private readonly FatalError _fatal;
    private readonly TaskScheduler _scheduler;

    /// <summary>Creates the senders: what is wrong with their settings ends it here, not in some task unseen.</summary>
    /// <param name="size">Batches under way at once.</param>
    /// <param name="createSender">Makes a sender.</param>
    /// <param name="wakeUp">Is set for every batch that comes back.</param>
    /// <param name="fatal">Is told of a sender that failed.</param>
    /// <param name="scheduler">Runs the senders.</param>
    public SenderPool(int size, Func<IBatchSender> createSender, IWakeUp wakeUp, FatalError fatal, TaskScheduler scheduler)
    {
        _wakeUp = wakeUp;
        _fatal = fatal;
        _scheduler = scheduler;
        _workers = [.. Enumerable.Range(0, size).Select(_ => new Worker(createSender()))];
        _idle.PushRange(_workers);
    }

    /// <summary>Batches that were sent and not yet taken back.</summary>
    public int InFlight { get; private set; }

    /// <summary>Memory that those batches hold, in bytes; late ones count elsewhere.</summary>
    public long InFlightBytes { get; private set; }

    /// <summary>Whether a further batch would wait for a sender.</summary>
    public bool IsBusy => InFlight >= _workers.Length;

    /// <summary>Is cancelled when what is under way is to be given up.</summary>
    public CancellationToken GivenUp => _giveUp.Token;

    /// <summary>Sends a batch. It comes back by <see cref="TryTakeDelivered"/>.</summary>
    public void Send(Batch batch)
    {
        InFlight++;
        InFlightBytes += BytesOf(batch);
        _full.Enqueue(batch);
        StartIdle();
    }

    /// <summary>Takes back a batch whose sender is done with it.</summary>
    public bool TryTakeDelivered([NotNullWhen(true)] out Batch? batch)
    {
        if (!_delivered.TryDequeue(out batch))
            return false;

        InFlight--;
        InFlightBytes -= BytesOf(batch);
        return true;
    }

    /// <summary>Gives up what is under way: it is not acknowledged, so it comes again.</summary>
    public void GiveUp()
    {
        _giveUp.Cancel();
        Task.WaitAll(_workers.Select(worker => worker.Work).ToArray(), GiveUpPatience);
    }

    /// <inheritdoc/>
    public void Dispose() => _giveUp.Dispose();

    private static int BytesOf(Batch batch) => batch.IsLate ? 0 : batch.Capacity;

    private void StartIdle()
    {
        if (!_idle.TryPop(out var worker))
            return;

        worker.Work = Task.Factory.StartNew(
            () => WorkAsync(worker), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();
    }

    private async Task WorkAsync(Worker worker)
    {
        try
        {
            while (!_giveUp.IsCancellationRequested && _full.TryDequeue(out var batch))
            {
                await worker.Sender.DeliverAsync(batch, _giveUp.Token);
                _delivered.Enqueue(batch);
                _wakeUp.Set();
            }
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            // The process ends with lines under way. Their offsets are not committed, so they come again.
            return;
        }
#pragma warning disable CA1031 // A sender that died unseen would be a partition that stands still: better the process ends and says why.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _fatal.Report(exception);
            _wakeUp.Set();
            return;
        }

        _idle.Push(worker);
        // A batch that came between the last look and this push found nobody idle.
        if (!_full.IsEmpty && !_giveUp.IsCancellationRequested)
            StartIdle();
    }

    private sealed class Worker(IBatchSender sender)
    {
        public IBatchSender Sender { get; } = sender;

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
