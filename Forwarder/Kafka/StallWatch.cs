using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// Sees the partitions that have records and do not move, and says so once: in the log, in the metrics and in <c>/health</c>. The consuming
/// thread calls it, but for <see cref="Stalled"/>.
/// </summary>
internal sealed partial class StallWatch(IRecordConsumer consumer, TimeProvider time, ILogger<StallWatch> logger)
{
    /// <summary>The client cannot read a batch.</summary>
    internal const string Unreadable = "unreadable";

    /// <summary>What was read is neither stored nor kept as a dead letter.</summary>
    internal const string NotDelivered = "not_delivered";

    /// <summary>The client reads nothing, without a word.</summary>
    internal const string NotRead = "not_read";

    /// <summary>How long a batch may be unreadable: what a broker sends while it is cut off is, too.</summary>
    internal static readonly TimeSpan UnreadableAfter = TimeSpan.FromSeconds(5);

    /// <summary>How long a partition may have records without moving: a push with its time-out and a retry takes that long.</summary>
    internal static readonly TimeSpan StalledAfter = TimeSpan.FromSeconds(60);

    // Partitions that one line of the log names.
    private const int MaxTold = 3;

    private volatile IReadOnlyList<string> _stalled = [];

    /// <summary>A line for each partition that does not move.</summary>
    public IReadOnlyList<string> Stalled => _stalled;

    /// <summary>Whether an error of the consumer means that it cannot read a batch, now and at each further try.</summary>
    public static bool IsUnreadable(ErrorCode code) => code
        is ErrorCode.Local_BadCompression or ErrorCode.Local_BadMsg or ErrorCode.Local_NotImplemented or ErrorCode.Local_CritSysResource;

    /// <summary>A batch could not be read. librdkafka tries again and again.</summary>
    /// <param name="partition">Its partition.</param>
    /// <param name="offset">The offset of its first record.</param>
    /// <param name="words">librdkafka's words.</param>
    public void CouldNotRead(PartitionState partition, long offset, string words)
    {
        if (partition.Unreadable?.Offset != offset)
            partition.Unreadable = new UnreadableBatch(offset, time.GetTimestamp(), words);
    }

    /// <summary>Whether a partition stands at a batch that is unreadable for good.</summary>
    public bool IsStuckAt([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] UnreadableBatch? batch) =>
        batch is not null && time.GetElapsedTime(batch.Since) >= UnreadableAfter;

    /// <summary>Looks at the partitions; call now and then.</summary>
    /// <param name="partitions">The partitions held.</param>
    public void Look(IReadOnlyCollection<PartitionState> partitions)
    {
        List<string> stalled = [];
        List<string> news = [];
        foreach (var partition in partitions)
        {
            var reason = Judge(partition);
            if (reason is not null)
            {
                var text = Describe(partition, reason);
                stalled.Add(text);
                if (partition.Gauges.StallReason != reason)
                    news.Add(text);
            }
            else if (partition.Gauges.StallReason is not null)
            {
                LogMoves(partition.Partition.Topic, partition.Partition.Partition.Value);
            }

            partition.Gauges.StallReason = reason;
        }

        _stalled = stalled;
        // While Loki is away all partitions stand, and one line is enough.
        if (news.Count > 0)
            LogStalled(stalled.Count,
                string.Join("; ", news.Take(MaxTold)) + (news.Count > MaxTold ? $"; and {news.Count - MaxTold} more" : ""));
    }

    private string? Judge(PartitionState partition)
    {
        if (partition.Unreadable is not null)
            return IsStuckAt(partition.Unreadable) ? Unreadable : null;

        var place = (partition.LastOffset, partition.Offsets.NextOffset);
        var hasNothing = partition.Offsets.Pending == 0 && EndOf(partition) <= partition.LastOffset + 1;
        if (partition.MovedAt == 0 || partition.MovedTo != place || hasNothing)
        {
            partition.MovedAt = time.GetTimestamp();
            partition.MovedTo = place;
            return null;
        }

        return time.GetElapsedTime(partition.MovedAt) < StalledAfter ? null
            : partition.Offsets.Pending > 0 ? NotDelivered
            : partition.IsPaused is true ? null
            : NotRead;
    }

    private string Describe(PartitionState partition, string reason)
    {
        var (topic, number) = (partition.Partition.Topic, partition.Partition.Partition.Value);
        return reason switch
        {
            Unreadable => $"{topic} [{number}] stands at offset {partition.Unreadable!.Offset} of {EndOf(partition)}, "
                + $"the batch there cannot be read: {partition.Unreadable.Words} "
                + "(raise Aspire:Confluent:Kafka:Consumer:Config:ReceiveMessageMaxBytes, or set Forwarder:SkipUnreadable)",
            NotDelivered => $"{topic} [{number}] stands at offset {partition.Offsets.OldestPending} of {EndOf(partition)}: "
                + "what was read from there on is neither stored by Loki nor written as a dead letter",
            _ => $"{topic} [{number}] stands at offset {partition.LastOffset + 1} of {EndOf(partition)}: "
                + "nothing is read, though there are records",
        };
    }

    private long EndOf(PartitionState partition)
    {
        try
        {
            return consumer.EndOf(partition.Partition).Value;
        }
        catch (KafkaException)
        {
            // The assignment is just changing.
            return -1;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Count} partitions have records and do not move: {What}")]
    private partial void LogStalled(int count, string what);

    [LoggerMessage(LogLevel.Information, "{Topic} [{Partition}] moves again")]
    private partial void LogMoves(string topic, int partition);
}
