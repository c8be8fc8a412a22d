using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>A sender that needs a moment to stop once it is told to give up.</summary>
internal sealed class SlowToStopSender : IBatchSender
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _hasStopped;

    public bool HasStopped => _hasStopped;

    /// <summary>Is over when a batch is under way.</summary>
    public Task Begun => _begun.Task;

    public async Task DeliverAsync(Batch batch, CancellationToken cancellationToken)
    {
        _begun.SetResult();
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        await stopped.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        // The moment: what takes it is of no matter.
        await Task.Delay(100, CancellationToken.None);
        _hasStopped = true;
        cancellationToken.ThrowIfCancellationRequested();
    }
}
