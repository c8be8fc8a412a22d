using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>A sender whose deliveries end when a test says so.</summary>
internal sealed class ManualSender : IBatchSender
{
    private TaskCompletionSource? _delivery;

    /// <summary>The batch that was given to it last.</summary>
    public Batch? Batch { get; private set; }

    public bool IsSending => _delivery is { Task.IsCompleted: false };

    public async Task DeliverAsync(Batch batch, CancellationToken cancellationToken)
    {
        Batch = batch;
        _delivery = new TaskCompletionSource();
        using (cancellationToken.Register(() => _delivery.TrySetCanceled(cancellationToken)))
            await _delivery.Task;
    }

    public void Complete() => _delivery!.SetResult();

    public void Fail(Exception exception) => _delivery!.SetException(exception);
}
