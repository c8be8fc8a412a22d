using Confluent.Kafka;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests;

/// <summary>Searches that end when a test says so.</summary>
internal sealed class ManualBatchEndFinder : IBatchEndFinder
{
    /// <summary>What was searched for, in order, and what ends each search.</summary>
    public List<(TopicPartitionOffset Batch, TaskCompletionSource<long> End)> Searches { get; } = [];

    public Task<long> FindAsync(TopicPartition partition, long offset, CancellationToken cancellationToken)
    {
        Searches.Add((new(partition, offset), new()));
        return Searches[^1].End.Task;
    }
}
