using System.Collections.Concurrent;
using Confluent.Kafka;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder;

/// <summary>
/// Steps over batches that the client cannot read, each with a dead letter that names its offsets. Belongs to the consuming thread.
/// </summary>
internal sealed partial class UnreadableSkipper(
    IRecordConsumer consumer, IBatchEndFinder finder, RecordIntake intake, StallWatch watch, ILogger<UnreadableSkipper> logger)
{
    private readonly HashSet<PartitionState> _searching = [];
    private readonly ConcurrentQueue<(PartitionState Partition, UnreadableBatch Batch, long? Next)> _found = new();

    /// <summary>Looks for batches to step over, and steps over those whose end is known; call now and then.</summary>
    /// <param name="partitions">The partitions held.</param>
    /// <param name="giveUp">Gives up what is under way.</param>
    public void Work(IReadOnlyCollection<PartitionState> partitions, CancellationToken giveUp)
    {
        while (_found.TryDequeue(out var found))
        {
            _searching.Remove(found.Partition);
            if (found.Next is { } next && partitions.Contains(found.Partition) && found.Partition.Unreadable == found.Batch)
                StepOver(found.Partition, found.Batch, next, giveUp);
        }

        foreach (var partition in partitions)
        {
            if (watch.IsStuckAt(partition.Unreadable) && _searching.Add(partition))
                _ = SearchAsync(partition, partition.Unreadable, giveUp);
        }
    }

    private async Task SearchAsync(PartitionState partition, UnreadableBatch batch, CancellationToken giveUp)
    {
        long? next = null;
        try
        {
            next = await finder.FindAsync(partition.Partition, batch.Offset, giveUp);
        }
        catch (Exception exception) when (exception is KafkaException or OperationCanceledException)
        {
            // It is searched for again.
            LogNotFound(partition.Partition.Topic, partition.Partition.Partition.Value, batch.Offset, exception.Message);
        }

        _found.Enqueue((partition, batch, next));
    }

    private void StepOver(PartitionState partition, UnreadableBatch batch, long next, CancellationToken giveUp)
    {
        try
        {
            consumer.Seek(new TopicPartitionOffset(partition.Partition, next));
        }
        catch (KafkaException exception)
        {
            LogNotFound(partition.Partition.Topic, partition.Partition.Partition.Value, batch.Offset, exception.Error.Reason);
            return;
        }

        LogSteppedOver(partition.Partition.Topic, partition.Partition.Partition.Value, batch.Offset, next - 1);
        partition.Unreadable = null;
        partition.LastOffset = next - 1;
        intake.TakeUnreadable(partition, batch, next, giveUp);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "{Topic} [{Partition}]: the records at offsets {First} to {Last} could not be read and are stepped over; a "
        + "dead letter names them")]
    private partial void LogSteppedOver(string topic, int partition, long first, long last);

    [LoggerMessage(
        LogLevel.Warning,
        "{Topic} [{Partition}]: the end of the unreadable batch at offset {Offset} was not found and is searched for again: {Error}")]
    private partial void LogNotFound(string topic, int partition, long offset, string error);
}
