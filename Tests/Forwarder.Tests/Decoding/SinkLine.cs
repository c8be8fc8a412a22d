namespace Observability.Forwarder.Tests.Decoding;

/// <summary>A line as a decoder reported it.</summary>
internal sealed record SinkLine(string Text, long Timestamp, IReadOnlyDictionary<string, string> Fields)
{
    public override string ToString() =>
        $"{Timestamp} {Text} {string.Join('|', Fields.Select(field => $"{field.Key}={field.Value}").Order(StringComparer.Ordinal))}";
}
