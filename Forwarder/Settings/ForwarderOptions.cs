using System.Text.RegularExpressions;
using Observability.ServiceDefaults.Loki;
using Observability.ServiceDefaults.Settings;

namespace Observability.Forwarder.Settings;

#pragma warning disable CS1591 // SettingAttribute says what each setting is for.

/// <summary>The section <c>Forwarder</c> of the configuration. Lists are comma-separated, so that an environment variable can replace
/// one.</summary>
public sealed class ForwarderOptions : ISettings
{
    /// <summary>How many different fields the settings may name: what is left beside those of the known formats.</summary>
    internal const int MaxFields = 100;

    /// <inheritdoc/>
    public static string Section => "Forwarder";

    [Setting("topics to consume, comma-separated; one that starts with ^ is a regular expression", Value = "NAMES")]
    public string Topics { get; set; } = $"{ServiceDefaults.Kafka.Topics.Alloy},{ServiceDefaults.Kafka.Topics.Generator}";

    [Setting("consumer group", Value = "NAME")]
    public string GroupId { get; set; } = "forwarder";

    [Setting("format of a topic's records: auto, otlp-protobuf, otlp-json, json, json-array, logfmt or text", Entry = "<topic>",
        Default = "auto")]
    public Dictionary<string, string> Formats { get; set; } = [];

    [Setting("fields that become a label, the first one present wins (dots reach into objects); an empty list removes a default",
        Entry = "<name>")]
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
    [Setting("fields kept as structured metadata; an empty list removes a default", Entry = "<name>")]
    public Dictionary<string, string> Metadata { get; set; } = new()
    {
        ["pod"] = "pod,k8s.pod.name",
        ["container"] = "container,k8s.container.name",
        ["node"] = "node,k8s.node.name",
        ["trace_id"] = "TraceId",
        ["span_id"] = "SpanId",
    };

    [Setting("value of a label that a line lacks; level has none, so that Loki looks for one itself", Entry = "<label>")]
    public Dictionary<string, string> Defaults { get; set; } = new() { ["namespace"] = "default", ["service"] = "unknown" };

    [Setting("value of a label that a line of a topic lacks", Entry = "<topic>:<label>")]
    public Dictionary<string, Dictionary<string, string>> TopicDefaults { get; set; } = [];

    [Setting("fields that hold a line's time, the first one present wins: RFC 3339, or Unix time in s, ms, us or ns", Value = "NAMES")]
    public string TimestampFields { get; set; } = "timestamp,time,ts,@timestamp";

    [Setting("how far a line's time may be ahead of Kafka's, which is taken otherwise; Loki's own limit (creation_grace_period) is 10m",
        Least = "0s", Most = "365d")]
    public TimeSpan MaxTimeAhead { get; set; } = TimeSpan.FromMinutes(10);

    [Setting("how far a line's time may be behind Kafka's, which is taken otherwise; Loki's own limit (reject_old_samples_max_age) is 7d",
        Least = "0s", Most = "36500d")]
    public TimeSpan MaxTimeBehind { get; set; } = TimeSpan.FromDays(7);

    [Setting("OTLP attributes not kept as structured metadata: names, or beginnings with * behind them; * alone keeps none",
        Value = "NAMES")]
    public string DropAttributes { get; set; } = "telemetry.sdk.*,loki.attribute.labels,loki.resource.labels,log.record.uid";

    [Setting("topic for what Loki will never take", Value = "NAME")]
    public string DeadLetterTopic { get; set; } = ServiceDefaults.Kafka.Topics.DeadLetters;

    [Setting("live streams before new ones share an overflow stream; Loki's own default limit is 5000", Least = 1, Most = 1_000_000)]
    public int MaxStreams { get; set; } = 4000;

    /// <summary>When a batch is full.</summary>
    public BatchOptions Batch { get; set; } = new();

    [Setting(
        "bytes that may wait for Loki before the partitions are paused, and be set aside in shares; at least 4 times Batch:MaxBytes",
        IsSize = true)]
    public int MaxBufferedBytes { get; set; } = 8 * 1024 * 1024;

    [Setting("records of one partition that may be read and not done before that partition is paused; after a crash as many are read again",
        Least = 1_000, Most = 10_000_000)]
    public int MaxPendingRecords { get; set; } = 100_000;

    [Setting("bytes of a record that is forwarded; a larger one becomes a dead letter of its origin and the reason, without its value",
        Least = 1024, Most = 500_000_000, IsSize = true)]
    public int MaxRecordBytes { get; set; } = 20_000_000;

    [Setting(
        "step over a batch that the Kafka client cannot read, with a dead letter that names its offsets; otherwise its partition waits")]
    public bool SkipUnreadable { get; set; }

    [Setting("pushes under way at once", Least = 1, Most = 64)]
    public int MaxPushesInFlight { get; set; } = 4;

    [Setting("how often offsets are committed", Least = "100ms", Most = "1m")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    [Setting("how long a stop, or the loss of a partition, waits for what is under way", Least = "0s", Most = "5m")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(15);

    [Setting("records a second whose sender's trace is continued, where traces are exported; 0 for none", Least = 0, Most = 1_000_000)]
    public int MaxTracesPerSecond { get; set; } = 10;

    /// <summary>How Loki is talked to.</summary>
    public LokiOptions Loki { get; set; } = new();

    /// <inheritdoc/>
    public void Check(SettingFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);

        var topics = List(Topics);
        faults.Check(topics.Count > 0, nameof(Topics), Topics, "at least one topic");
        if (topics.FirstOrDefault(topic => topic.StartsWith('^') && !IsPattern(topic)) is { } pattern)
            faults.Add(nameof(Topics), pattern, "topics, or patterns that are regular expressions");
        else
            faults.Check(!topics.Any(topic => Names(topic, DeadLetterTopic)), nameof(DeadLetterTopic), DeadLetterTopic,
                "a topic that Topics does not name");
        foreach (var (topic, format) in Formats)
            faults.Check(RecordFormats.TryParse(format, out _), $"{nameof(Formats)}:{topic}", format, $"one of {RecordFormats.Names}");
        var labels = Labels.Count(label => List(label.Value).Count > 0);
        faults.Check(labels is > 0 and <= LokiLimits.LabelNames, nameof(Labels), labels,
            $"1 to {LokiLimits.LabelNames} labels (Loki's limit)");

        var fields = Labels.Values.Concat(Metadata.Values).Append(TimestampFields).SelectMany(List).Distinct().Count();
        faults.Check(fields <= MaxFields, nameof(Metadata), fields,
            $"at most {MaxFields} fields, those of Labels and TimestampFields included");

        var leastBuffer = 4L * Batch.MaxBytes;
        faults.Check(MaxBufferedBytes >= leastBuffer, nameof(MaxBufferedBytes), MaxBufferedBytes,
            $"at least 4 times Batch:MaxBytes ({leastBuffer})");
        faults.Check(
            Loki.MaxBackoff >= Loki.MinBackoff, "Loki:MaxBackoff", Durations.Format(Loki.MaxBackoff),
            $"at least Loki:MinBackoff ({Durations.Format(Loki.MinBackoff)})");
        Loki.CheckAccess(faults, "Loki:");
    }

    /// <summary>Splits a comma-separated list.</summary>
    internal static IReadOnlyList<string> List(string value) =>
        value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool Names(string topic, string deadLetterTopic) =>
        topic.StartsWith('^') ? Regex.IsMatch(deadLetterTopic, topic, RegexOptions.CultureInvariant) : topic == deadLetterTopic;

    private static bool IsPattern(string topic)
    {
        try
        {
            _ = new Regex(topic);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
