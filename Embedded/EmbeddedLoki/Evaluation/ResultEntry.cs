using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>A line that a query returns.</summary>
/// <param name="Stream">The labels under which it is shown.</param>
/// <param name="Timestamp">Nanoseconds since the Unix epoch.</param>
/// <param name="Text">UTF-8.</param>
/// <param name="Metadata">Structured metadata; shown apart only when the client asked to have labels categorized.</param>
/// <param name="Parsed">Labels that stages found; shown apart likewise.</param>
internal sealed record ResultEntry(
    LabelSet Stream, long Timestamp, ReadOnlyMemory<byte> Text, KeyValuePair<string, string>[] Metadata,
    KeyValuePair<string, string>[] Parsed)
{
    public static ResultEntry From(Line line, bool categorize) => categorize
        ? new(line.StreamLabels(), line.Timestamp, line.Text, [.. line.Metadata], line.Parsed())
        : new(line.Combined(), line.Timestamp, line.Text, [], []);
}
