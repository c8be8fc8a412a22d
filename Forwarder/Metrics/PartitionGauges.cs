namespace Observability.Forwarder.Metrics;

/// <summary>What the metrics show of one assigned partition. The consuming thread writes, the metrics' thread reads.</summary>
internal sealed class PartitionGauges(string topic, int partition)
{
    private long _lag;

    /// <summary>The topic's name.</summary>
    public string Topic { get; } = topic;

    /// <summary>The partition's number.</summary>
    public int Partition { get; } = partition;

    /// <summary>Records between the end of the partition and what is done with.</summary>
    public long Lag
    {
        get => Volatile.Read(ref _lag);
        set => Volatile.Write(ref _lag, value);
    }
}
