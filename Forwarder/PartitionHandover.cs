using Confluent.Kafka;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder;

/// <summary>
/// Partitions that come and go: what was read of one that goes is delivered first and its offset handed on, as far as time allows. So the
/// next owner sends fewer duplicates. Belongs to the consuming thread.
/// </summary>
/// <param name="assignment">The partitions.</param>
/// <param name="backlog">Delivers what was read.</param>
/// <param name="offsets">Hands on offsets.</param>
/// <param name="options">The topics' formats, and how long a stop may take.</param>
/// <param name="metrics">Are told what comes and goes.</param>
/// <param name="logger">Is told as well.</param>
internal sealed partial class PartitionHandover(
    PartitionAssignment assignment,
    Backlog backlog,
    OffsetCommitter offsets,
    ForwarderOptions options,
    ForwarderMetrics metrics,
    ILogger<PartitionHandover> logger) : IPartitionEvents
{
    // Nothing is read while partitions change hands, so the trouble of one of them must not hold up the others for long.
    private static readonly TimeSpan SetAsidePatience = TimeSpan.FromSeconds(2);

    private bool _isDrained;

    /// <inheritdoc/>
    public PartitionState Create(TopicPartition partition)
    {
        var format = options.Formats.TryGetValue(partition.Topic, out var text) && RecordFormats.TryParse(text, out var parsed)
            ? parsed : RecordFormat.Auto;
        return new PartitionState(partition, format, metrics.CountersOf(partition.Topic));
    }

    /// <inheritdoc/>
    public void OnAssigned(IReadOnlyList<PartitionState> partitions)
    {
        LogAssigned(PartitionRanges.Describe(partitions.Select(partition => partition.Partition)));
        metrics.Rebalanced("assigned");
        Show(assignment.Partitions);
    }

    /// <inheritdoc/>
    public void OnRevoking(IReadOnlyList<PartitionState> partitions, bool areLost)
    {
        LogRevoked(PartitionRanges.Describe(partitions.Select(partition => partition.Partition)), areLost ? "lost" : "revoked");
        metrics.Rebalanced(areLost ? "lost" : "revoked");
        // Whatever is still under way afterwards is given up, not half-committed.
        if (!areLost && !_isDrained)
            Deliver(partitions, SetAsidePatience);
        Show(assignment.Partitions.Except(partitions));
    }

    /// <summary>
    /// Delivers what was read of all partitions and hands on their offsets, as far as <see cref="ForwarderOptions.DrainTimeout"/> allows.
    /// A revocation that comes after it waits for nothing.
    /// </summary>
    public void Drain()
    {
        Deliver([.. assignment.Partitions], options.DrainTimeout);
        _isDrained = true;
    }

    private void Deliver(IReadOnlyList<PartitionState> partitions, TimeSpan setAsidePatience)
    {
        backlog.Deliver(partitions, setAsidePatience);
        foreach (var partition in partitions)
            offsets.Commit(partition);
    }

    private void Show(IEnumerable<PartitionState> partitions) => metrics.Partitions = [.. partitions.Select(partition => partition.Gauges)];

    [LoggerMessage(LogLevel.Information, "Partitions assigned: {Partitions}")]
    private partial void LogAssigned(string partitions);

    [LoggerMessage(LogLevel.Information, "Partitions {How}: {Partitions}")]
    private partial void LogRevoked(string partitions, string how);
}
