using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Tests.Decoding;

/// <summary>A line as a decoder reported it.</summary>
/// <param name="Text">The line.</param>
/// <param name="Timestamp">The time of the OTLP record; 0 for none.</param>
/// <param name="Attributes">What OTLP tells around the line.</param>
/// <param name="Fields">The line's own fields.</param>
/// <param name="Level">The level that a text line begins with.</param>
/// <param name="Time">The time of the OTLP record, with its clock.</param>
/// <param name="HeadTime">The time that a text line begins with.</param>
internal sealed record SinkLine(
    string Text, long Timestamp, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Fields,
    string Level = "", ParsedTime HeadTime = default, ParsedTime Time = default)
{
    public override string ToString() =>
        $"{Timestamp} {Text} {string.Join('|', Attributes.Select(field => $"{field.Key}={field.Value}").Order(StringComparer.Ordinal))}";
}
