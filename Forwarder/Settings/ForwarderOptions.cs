using System.ComponentModel;

namespace Observability.Forwarder.Settings;

/// <summary>The section <c>Forwarder</c> of the configuration. Lists are comma-separated, so that an environment variable can replace one.</summary>
public sealed class ForwarderOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Forwarder";

    /// <summary>The topics to consume.</summary>
    [Description("Topics to consume, comma-separated; one that starts with ^ is a pattern")]
    public string Topics { get; set; } = "alloy-logs,test-logs";

    /// <summary>The consumer group.</summary>
    [Description("Consumer group")]
    public string GroupId { get; set; } = "forwarder";

    /// <summary>The format of each topic's records; <c>auto</c> for topics not named.</summary>
    [Description("Format of a topic's records: auto, otlp-protobuf, otlp-json, json, logfmt or text (Formats:<topic>)")]
    public Dictionary<string, string> Formats { get; set; } = [];

    /// <summary>Labels and the fields or attributes that give them their value; the first one present wins.</summary>
    [Description("Fields that become a label, the first one present wins (Labels:<name>); an empty list removes a default")]
    public Dictionary<string, string> Labels { get; set; } = new()
    {
        ["namespace"] = "namespace,k8s.namespace.name,service.namespace,k8s_namespace_name",
        ["service"] = "service,service.name,service_name,app,k8s.deployment.name",
        ["level"] = "level,severity,severity_text,lvl,log.level",
    };

    /// <summary>
    /// Structured metadata and the fields or attributes that give it its value. Few by default: in Loki each value makes a
    /// series of its own in a query that does not sum, of which there may be 500 (<c>max_query_series</c>).
    /// </summary>
    [Description("Fields kept as structured metadata (Metadata:<name>); an empty list removes a default")]
    public Dictionary<string, string> Metadata { get; set; } = new()
    {
        ["pod"] = "pod,k8s.pod.name",
        ["container"] = "container,k8s.container.name",
        ["node"] = "node,k8s.node.name",
        ["trace_id"] = "TraceId",
        ["span_id"] = "SpanId",
    };

    /// <summary>The values of labels that a line lacks.</summary>
    [Description("Value of a label that a line lacks (Defaults:<label>)")]
    public Dictionary<string, string> Defaults { get; set; } = new() { ["namespace"] = "default", ["service"] = "unknown", ["level"] = "unknown" };

    /// <summary>The values of labels that a line lacks, for one topic.</summary>
    [Description("Value of a label that a line of a topic lacks (TopicDefaults:<topic>:<label>)")]
    public Dictionary<string, Dictionary<string, string>> TopicDefaults { get; set; } = [];

    /// <summary>The fields that hold a line's time.</summary>
    [Description("Fields that hold a line's time, the first one present wins: RFC 3339, or Unix time in s, ms, us or ns")]
    public string TimestampFields { get; set; } = "timestamp,time,ts,@timestamp";

    /// <summary>The topic for what Loki will never take.</summary>
    [Description("Topic for what Loki will never take")]
    public string DeadLetterTopic { get; set; } = "dead-letters";

    /// <summary>How many streams may be live before new ones go to the overflow stream.</summary>
    [Description("Live streams before new ones share an overflow stream: 1 to 1000000 (Loki's own default limit is 5000)")]
    public int MaxStreams { get; set; } = 4000;

    /// <summary>When a batch is full.</summary>
    public BatchOptions Batch { get; set; } = new();

    /// <summary>Bytes that may wait for Loki before the partitions are paused.</summary>
    [Description("Bytes that may wait for Loki before the partitions are paused: at least 4 times Batch:MaxBytes")]
    public int MaxBufferedBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Pushes that may be under way at once.</summary>
    [Description("Pushes under way at once: 1 to 64")]
    public int MaxPushesInFlight { get; set; } = 4;

    /// <summary>How often offsets are committed.</summary>
    [Description("How often offsets are committed: 100 ms to 1 min")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stop or a revoked partition waits for what is under way.</summary>
    [Description("How long a stop, or the loss of a partition, waits for what is under way: 0 to 5 min")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How Loki is talked to.</summary>
    public LokiOptions Loki { get; set; } = new();

    /// <summary>Splits a comma-separated list.</summary>
    internal static IReadOnlyList<string> List(string value) =>
        value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
