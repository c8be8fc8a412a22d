using System.Text;
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
            else if (record.Attributes[i].Value is { ValueCase: AnyValue.ValueOneofCase.StringValue } value && Cut(value.StringValue, options.MaxAttributeBytes) is { } shorter)
                value.StringValue = shorter;
        }

        if (record.Body is { ValueCase: AnyValue.ValueOneofCase.StringValue } body && Cut(body.StringValue, options.MaxLineBytes) is { } line)
        {
            record.Attributes.Add(new KeyValue { Key = LengthAttribute, Value = new AnyValue { IntValue = Encoding.UTF8.GetByteCount(body.StringValue) } });
            body.StringValue = line;
        }
    }

    // Null when the text fits. A character that the limit goes through is left out.
    private static string? Cut(string text, int bytes)
    {
        // No character takes more than three bytes a UTF-16 unit.
        if (text.Length <= bytes / 3 || Encoding.UTF8.GetByteCount(text) <= bytes)
            return null;
        var utf8 = new byte[bytes];
        Encoding.UTF8.GetEncoder().Convert(text, utf8, flush: false, out var used, out _, out _);
        return text[..used];
    }
}
