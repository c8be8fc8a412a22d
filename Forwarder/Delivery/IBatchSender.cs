using Observability.Forwarder.Batching;

namespace Observability.Forwarder.Delivery;

/// <summary>Delivers batches, one at a time.</summary>
internal interface IBatchSender
{
    /// <summary>
    /// Delivers a batch: returns when every line is stored by Loki, refused for good (<see cref="Batch.Refused"/>), or left over since its
    /// stream is at a limit (<see cref="Batch.Late"/>), however long that takes.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">Gives up, by exception: some lines may then be stored and others not.</param>
    Task DeliverAsync(Batch batch, CancellationToken cancellationToken);
}
