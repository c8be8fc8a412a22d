using System.Text;
using Observability.Embedded.EmbeddedCollector.Settings;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Grouping;

/// <summary>Cuts what no Kafka record would hold, as the transform of <c>deploy/config/alloy/config.alloy</c> does it.</summary>
/// <param name="options">The limits.</param>
internal sealed class RecordLimits(EmbeddedCollectorOptions options)
{
    /// <summary>The attribute that says how many bytes a line had that was cut.</summary>
    public const string LengthAttribute = "log.length";

    // What Loki's bridge in Alloy adds, and nobody reads.
    private const string LabelsAttribute = "loki.attribute.labels";

    /// <summary>Applies the limits to a log record.</summary>
    public void Apply(LogRecord record)
    {
        for (var i = record.Attributes.Count - 1; i >= 0; i--)
        {
            if (record.Attributes[i].Key == LabelsAttribute)
                record.Attributes.RemoveAt(i);
            else
                Cut(record.Attributes[i].Value, options.MaxAttributeBytes);
        }

        if (Cut(record.Body, options.MaxLineBytes) is { } length)
            record.Attributes.Add(new KeyValue { Key = LengthAttribute, Value = new AnyValue { IntValue = length } });
    }

    // Gives the bytes that a text had which was cut; null when it fits, or is none. A character that the limit goes through is left out.
    private static int? Cut(AnyValue? value, int bytes)
    {
        // No character takes more than three bytes a UTF-16 unit.
        if (value is not { ValueCase: AnyValue.ValueOneofCase.StringValue, StringValue: var text } || text.Length <= bytes / 3)
            return null;
        var length = Encoding.UTF8.GetByteCount(text);
        if (length <= bytes)
            return null;
        Encoding.UTF8.GetEncoder().Convert(text, new byte[bytes], flush: false, out var used, out _, out _);
        value.StringValue = text[..used];
        return length;
    }
}
