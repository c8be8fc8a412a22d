using System.Diagnostics.Metrics;

namespace Observability.Forwarder.Metrics;

/// <summary>The Forwarder's metrics. Names, units and meanings stand in the README; counters of the hot path are plain numbers that are
/// read when somebody asks.</summary>
internal sealed class ForwarderMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Observability.Forwarder";

    /// <summary>Metrics with a series for each topic or partition.</summary>
    public static readonly IReadOnlyCollection<string> ByTopic =
    [
        "forwarder_records", "forwarder_record_bytes", "forwarder_lines", "forwarder_line_bytes", "forwarder_stored_lines",
        "forwarder_undecodable_records", "forwarder_consumer_lag_records", "forwarder_pending_records", "forwarder_stalled_partitions",
        "forwarder_offset_resets", "forwarder_unreadable_batches", "forwarder_dead_lettered_lines",
    ];

    private readonly Counter<long> _pushBytes;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _deadLettered;
    private readonly Counter<long> _rebalances;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _offsetResets;
    private readonly Counter<long> _unreadable;
    private readonly Histogram<double> _pushDuration;
    private readonly Histogram<double> _latency;

    public ForwarderMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("forwarder_records", () => PerTopic(topic => topic.Records), "{record}", "Records read from Kafka.");
        meter.CreateObservableCounter("forwarder_record_bytes", () => PerTopic(topic => topic.RecordBytes), "{byte}",
            "Bytes of the values of records read from Kafka.");
        meter.CreateObservableCounter("forwarder_lines", () => PerTopic(topic => topic.Lines), "{line}", "Lines decoded from records.");
        meter.CreateObservableCounter("forwarder_line_bytes", () => PerTopic(topic => topic.LineBytes), "{byte}",
            "Bytes of lines decoded from records.");
        meter.CreateObservableCounter("forwarder_stored_lines", () => PerTopic(topic => topic.StoredLines), "{line}",
            "Lines that Loki has acknowledged.");
        meter.CreateObservableCounter("forwarder_undecodable_records", () => PerTopic(topic => topic.UndecodableRecords), "{record}",
            "Records that were not what their format says, forwarded as raw lines.");
        meter.CreateObservableGauge("forwarder_consumer_lag_records", Lag, "{record}",
            "Records between the end of a partition and what is done with; absent once the partition is revoked.");
        meter.CreateObservableGauge("forwarder_assigned_partitions", () => (long)Partitions.Length, "{partition}",
            "Partitions assigned to this instance.");
        meter.CreateObservableGauge("forwarder_buffered_bytes", () => BufferedBytes, "{byte}",
            "Bytes read from Kafka that wait for Loki's answer.");
        meter.CreateObservableGauge("forwarder_set_aside_bytes", () => SetAsideBytes, "{byte}",
            "Bytes that hold up their own partitions alone: lines of streams at a limit, and dead letters under way.");
        meter.CreateObservableGauge("forwarder_limited_streams", () => LimitedStreams, "{stream}",
            "Streams whose lines wait since Loki's limit of a stream is reached.");
        meter.CreateObservableGauge("forwarder_active_streams", () => ActiveStreams, "{stream}", "Live streams.");
        meter.CreateObservableGauge("forwarder_paused", () => IsPaused ? 1L : 0L, null,
            "1 while the partitions are paused because Loki does not keep up.");
        meter.CreateObservableCounter("forwarder_overflow_lines", () => OverflowLines, "{line}",
            "Lines sent to the overflow stream because the cap on live streams was reached.");
        meter.CreateObservableGauge(
            "forwarder_pending_records",
            () => PerPartition(partition => partition.Pending),
            "{record}",
            "Records read from a partition that are neither stored nor kept as dead letters.");
        meter.CreateObservableGauge("forwarder_stalled_partitions", Stalls, "{partition}",
            "1 for a partition that has records and does not move, by reason.");
        meter.CreateObservableGauge("forwarder_held_partitions", () => (long)HeldPartitions, "{partition}",
            "Partitions that stand still since too much of them is in doubt.");
        _offsetResets = meter.CreateCounter<long>("forwarder_offset_resets", "{reset}",
            "Times that the offsets of a partition went backwards: truncated, or made anew.");
        _unreadable = meter.CreateCounter<long>("forwarder_unreadable_batches", "{batch}",
            "Tries to read a batch that failed: it cannot be decompressed, say.");
        _pushBytes = meter.CreateCounter<long>("forwarder_push_bytes", "{byte}", "Bytes sent to Loki, compressed.");
        _retries = meter.CreateCounter<long>("forwarder_push_retries", "{push}", "Pushes to be sent again, by reason.");
        _rejected = meter.CreateCounter<long>("forwarder_rejected_lines", "{line}", "Lines that Loki refused for good, by reason.");
        _deadLettered = meter.CreateCounter<long>("forwarder_dead_lettered_lines", "{line}",
            "Lines written to the dead-letter topic, by reason.");
        _rebalances = meter.CreateCounter<long>("forwarder_rebalances", "{rebalance}",
            "Rebalances, by what happened to partitions of this instance.");
        _commits = meter.CreateCounter<long>("forwarder_commits", "{commit}", "Offset commits, by result.");
        _pushDuration = meter.CreateHistogram<double>("forwarder_push_duration", "s", "Time from a push to its answer.",
            advice: new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        _latency = meter.CreateHistogram<double>("forwarder_end_to_end_latency", "s",
            "Age of lines when Loki acknowledged them; one line in 64 is measured.",
            advice: new() { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600] });
    }

    /// <summary>Every topic seen so far; replaced, never changed.</summary>
    public TopicCounters[] Topics { get; private set; } = [];

    /// <summary>The partitions assigned now; replaced, never changed.</summary>
    public PartitionGauges[] Partitions { get; set; } = [];

    /// <summary>Bytes that wait for Loki's answer.</summary>
    public long BufferedBytes { get; set; }

    /// <summary>Bytes of single partitions that are set aside: lines of streams at a limit, and dead letters under way.</summary>
    public long SetAsideBytes { get; set; }

    /// <summary>Streams whose lines wait since Loki's limit of a stream is reached.</summary>
    public long LimitedStreams { get; set; }

    /// <summary>Live streams.</summary>
    public long ActiveStreams { get; set; }

    /// <summary>Lines sent to the overflow stream.</summary>
    public long OverflowLines { get; set; }

    /// <summary>Partitions that stand still since too much of them is in doubt.</summary>
    public int HeldPartitions { get; set; }

    /// <summary>Whether the partitions are paused.</summary>
    public bool IsPaused { get; set; }

    /// <summary>The counters of a topic, made when it is seen first. Belongs to the consuming thread.</summary>
    public TopicCounters CountersOf(string topic)
    {
        if (Topics.FirstOrDefault(counters => counters.Name == topic) is { } known)
            return known;

        var added = new TopicCounters(topic);
        Topics = [.. Topics, added];
        return added;
    }

    public void Pushed(int status, int bytes, TimeSpan duration)
    {
        _pushBytes.Add(bytes);
        _pushDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("code", StatusText(status)));
    }

    public void Retry(string reason) => _retries.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Rejected(string reason, int lines) => _rejected.Add(lines, new KeyValuePair<string, object?>("reason", reason));

    public void DeadLettered(string topic, string reason,
        int lines) => _deadLettered.Add(lines, new("topic", topic), new("reason", reason));

    public void OffsetsReset(string topic) => _offsetResets.Add(1, new KeyValuePair<string, object?>("topic", topic));

    public void CouldNotRead(string topic) => _unreadable.Add(1, new KeyValuePair<string, object?>("topic", topic));

    public void Rebalanced(string type) => _rebalances.Add(1, new KeyValuePair<string, object?>("type", type));

    public void Committed(bool succeeded) =>
        _commits.Add(1, new KeyValuePair<string, object?>("result", succeeded ? "success" : "failure"));

    public void Latency(TimeSpan latency) => _latency.Record(latency.TotalSeconds);

    // No allocation for the answer that nearly every push gets.
    private static string StatusText(int status) => status switch
    {
        204 => "204",
        0 => "none",
        _ => status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private IEnumerable<Measurement<long>> PerTopic(Func<TopicCounters, long> value) =>
        Topics.Select(topic => new Measurement<long>(value(topic), new KeyValuePair<string, object?>("topic", topic.Name)));

    private IEnumerable<Measurement<long>> Lag() =>
        PerPartition(partition => partition.Lag).Where(lag => lag.Value != PartitionGauges.Unknown);

    private IEnumerable<Measurement<long>> Stalls() =>
        Partitions.Where(partition => partition.StallReason is not null).Select(partition => new Measurement<long>(
        1,
        new KeyValuePair<string, object?>("topic", partition.Topic),
        new KeyValuePair<string, object?>("partition", partition.Partition),
        new KeyValuePair<string, object?>("reason", partition.StallReason)));

    private IEnumerable<Measurement<long>> PerPartition(Func<PartitionGauges, long> value) =>
        Partitions.Select(partition => new Measurement<long>(
        value(partition),
        new KeyValuePair<string, object?>("topic", partition.Topic),
        new KeyValuePair<string, object?>("partition", partition.Partition)));
}
