using System.Text;
using Observability.Forwarder.Decoding.Shapes;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Lines;

/// <summary>
/// Which fields become labels, which structured metadata, where the time and the tenant come from, and what a topic
/// gives a line that lacks a label. Made once from the settings.
/// </summary>
internal sealed class LabelSchema
{
    private readonly Dictionary<string, string> _defaults;
    private readonly Dictionary<string, Dictionary<string, string>> _topicDefaults;
    private readonly FieldTable _parents;

    public LabelSchema(ForwarderOptions options)
    {
        // In ordinal order: the text of a label set is then the same however the settings list it.
        var labels = ToTargets(options.Labels);
        var metadata = ToTargets(options.Metadata);
        Labels = [.. labels.Select(label => label.Name)];
        MetadataNames = [.. metadata.Select(field => Encoding.UTF8.GetBytes(field.Name))];
        LevelTarget = Labels.ToList().IndexOf("level");
        ServiceTarget = Labels.ToList().IndexOf("service");
        Targets = [.. labels, .. metadata, new LineTarget("", options.Loki.TenantField is { Length: > 0 } tenant ? [tenant] : [])];
        TenantTarget = Targets.Count - 1;
        TimeFields = ForwarderOptions.List(options.TimestampFields);
        MaxTimeAhead = options.MaxTimeAhead;
        MaxTimeBehind = options.MaxTimeBehind;
        Dropped = new AttributeFilter(ForwarderOptions.List(options.DropAttributes));
        _defaults = options.Defaults;
        _topicDefaults = options.TopicDefaults;

        string[] names = [.. Targets.SelectMany(target => target.Sources), .. TimeFields, .. LineShapes.Usual.Fields,
            .. LineShapes.All.SelectMany(shape => shape.Fields)];
        Fields = new FieldTable(names);
        _parents = new FieldTable(names.SelectMany(Parents));
    }

    /// <summary>Labels, structured metadata and the tenant, in this order: the index is the target.</summary>
    public IReadOnlyList<LineTarget> Targets { get; }

    /// <summary>The labels, in ordinal order. Target <c>i</c> is label <c>i</c>.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The structured metadata's names in UTF-8. Their targets follow the labels'.</summary>
    public IReadOnlyList<byte[]> MetadataNames { get; }

    /// <summary>The label whose values are normalised, or -1.</summary>
    public int LevelTarget { get; }

    /// <summary>The label that names the service, or -1.</summary>
    public int ServiceTarget { get; }

    /// <summary>The target of the tenant: the last one.</summary>
    public int TenantTarget { get; }

    /// <summary>The fields that the settings name for the time, the best one first.</summary>
    public IReadOnlyList<string> TimeFields { get; }

    /// <summary>How far a line's time may be ahead of Kafka's.</summary>
    public TimeSpan MaxTimeAhead { get; }

    /// <summary>How far a line's time may be behind Kafka's.</summary>
    public TimeSpan MaxTimeBehind { get; }

    /// <summary>The attributes of OTLP records that are not kept as structured metadata.</summary>
    public AttributeFilter Dropped { get; }

    /// <summary>Finds the wanted fields.</summary>
    public FieldTable Fields { get; }

    /// <summary>The handle of a field, or -1.</summary>
    public int FieldOf(string name) => Fields.Find(Encoding.UTF8.GetBytes(name));

    /// <summary>Whether a field that is wanted may be nested in this one.</summary>
    public bool IsParent(ReadOnlySpan<byte> path) => _parents.Find(path) >= 0;

    /// <summary>The values that lines of a topic get for labels that they lack, in the order of <see cref="Labels"/>; empty means no
    /// label.</summary>
    public byte[][] DefaultsOf(string topic) =>
        [.. Labels.Select(name => Encoding.UTF8.GetBytes(
            (_topicDefaults.TryGetValue(topic, out var ofTopic) ? Find(ofTopic, name) : null) ?? Find(_defaults, name) ?? ""))];

    private static string? Find(Dictionary<string, string> defaults, string label) =>
        defaults.Where(entry => LabelNames.Sanitize(entry.Key) == label).Select(entry => entry.Value).FirstOrDefault();

    private static IEnumerable<string> Parents(string path)
    {
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = path.IndexOf('.', dot + 1))
            yield return path[..dot];
    }

    private static List<LineTarget> ToTargets(Dictionary<string, string> fields) =>
        [.. fields.Select(field => new LineTarget(LabelNames.Sanitize(field.Key), ForwarderOptions.List(field.Value)))
            .Where(field => field.Sources.Count > 0)
            .DistinctBy(field => field.Name)
            .OrderBy(field => field.Name, StringComparer.Ordinal)];
}
