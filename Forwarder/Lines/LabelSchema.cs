using System.Text;
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

    public LabelSchema(ForwarderOptions options)
    {
        // In ordinal order: the text of a label set is then the same however the settings list it.
        var labels = Sources(options.Labels);
        var metadata = Sources(options.Metadata);
        Labels = [.. labels.Select(label => label.Name)];
        MetadataNames = [.. metadata.Select(field => Encoding.UTF8.GetBytes(field.Name))];
        LevelTarget = Labels.ToList().IndexOf("level");
        TimestampTarget = Labels.Count + MetadataNames.Count;
        TenantTarget = TimestampTarget + 1;
        _defaults = options.Defaults;
        _topicDefaults = options.TopicDefaults;

        List<KeyValuePair<string, FieldUse>> uses = [];
        foreach (var (target, field) in labels.Concat(metadata).Index())
            Add(target, field.Sources);
        Add(TimestampTarget, ForwarderOptions.List(options.TimestampFields));
        if (options.Loki.TenantField is { Length: > 0 } tenantField)
            Add(TenantTarget, [tenantField]);
        Fields = new FieldTable(uses);

        void Add(int target, IReadOnlyList<string> sources) =>
            uses.AddRange(sources.Select((source, rank) => KeyValuePair.Create(source, new FieldUse(target, rank))));
    }

    /// <summary>The labels, in ordinal order. Target <c>i</c> is label <c>i</c>.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The structured metadata's names in UTF-8. Their targets follow the labels'.</summary>
    public IReadOnlyList<byte[]> MetadataNames { get; }

    /// <summary>The label whose values are normalised, or -1.</summary>
    public int LevelTarget { get; }

    /// <summary>The target of the timestamp.</summary>
    public int TimestampTarget { get; }

    /// <summary>The target of the tenant: the last one.</summary>
    public int TenantTarget { get; }

    /// <summary>Finds the wanted fields.</summary>
    public FieldTable Fields { get; }

    /// <summary>The values that lines of a topic get for labels that they lack, in the order of <see cref="Labels"/>; empty means no label.</summary>
    public byte[][] DefaultsOf(string topic) =>
        [.. Labels.Select(name => Encoding.UTF8.GetBytes((_topicDefaults.TryGetValue(topic, out var ofTopic) ? Find(ofTopic, name) : null) ?? Find(_defaults, name) ?? ""))];

    private static string? Find(Dictionary<string, string> defaults, string label) =>
        defaults.Where(entry => LabelNames.Sanitize(entry.Key) == label).Select(entry => entry.Value).FirstOrDefault();

    private static List<(string Name, IReadOnlyList<string> Sources)> Sources(Dictionary<string, string> fields) =>
        [.. fields.Select(field => (Name: LabelNames.Sanitize(field.Key), Sources: ForwarderOptions.List(field.Value)))
            .Where(field => field.Sources.Count > 0)
            .DistinctBy(field => field.Name)
            .OrderBy(field => field.Name, StringComparer.Ordinal)];
}
