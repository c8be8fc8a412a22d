using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>A sender that is done at once.</summary>
internal sealed class NoSender : IBatchSender
{
    public Task DeliverAsync(Batch batch, CancellationToken cancellationToken) => Task.CompletedTask;
}
