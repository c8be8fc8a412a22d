using Confluent.Kafka;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Simulation;

/// <summary>The simulated topic has no batch that cannot be read.</summary>
internal sealed class NoBatchEndFinder : IBatchEndFinder
{
    public Task<long> FindAsync(TopicPartition partition, long offset,
        CancellationToken cancellationToken) => throw new NotSupportedException();
}
