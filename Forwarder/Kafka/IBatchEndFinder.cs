using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>Finds where a batch ends that the client cannot read.</summary>
internal interface IBatchEndFinder
{
    /// <summary>Finds the first offset behind a batch.</summary>
    /// <param name="partition">The batch's partition.</param>
    /// <param name="offset">The offset of the batch's first record.</param>
    /// <param name="cancellationToken">Gives up, by exception.</param>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    Task<long> FindAsync(TopicPartition partition, long offset, CancellationToken cancellationToken);
}
