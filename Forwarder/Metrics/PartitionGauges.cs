namespace Observability.Forwarder.Metrics;

/// <summary>What the metrics show of one assigned partition. The consuming thread writes, the metrics' thread reads.</summary>
internal sealed class PartitionGauges(string topic, int partition)
{
    /// <summary>The value of <see cref="Lag"/> before anything is known.</summary>
    public const long Unknown = -1;

    private long _lag = Unknown;
    private long _pending;
    private volatile string? _stallReason;

    /// <summary>The topic's name.</summary>
    public string Topic { get; } = topic;

    /// <summary>The partition's number.</summary>
    public int Partition { get; } = partition;

    /// <summary>Records between the end of the partition and what is done with; <see cref="Unknown"/> before anything is known.</summary>
    public long Lag
    {
        get => Volatile.Read(ref _lag);
        set => Volatile.Write(ref _lag, value);
    }

    /// <summary>Records that were read and are neither stored nor kept as dead letters.</summary>
    public long Pending
    {
        get => Volatile.Read(ref _pending);
        set => Volatile.Write(ref _pending, value);
    }

    /// <summary>Why the partition does not move though it has records; <see langword="null"/> when it does.</summary>
    public string? StallReason
    {
        get => _stallReason;
        set => _stallReason = value;
    }
}
