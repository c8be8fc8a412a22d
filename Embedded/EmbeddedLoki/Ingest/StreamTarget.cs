using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>What the text of a stream's labels comes to.</summary>
/// <param name="Labels">The labels, <c>service_name</c> included.</param>
/// <param name="ParseError">Why the text is no set of labels: the whole request is refused.</param>
/// <param name="LimitError">Which limit the labels exceed: the stream is refused.</param>
internal sealed record StreamTarget(LabelSet Labels, string? ParseError, string? LimitError)
{
    /// <summary>Why <see cref="LimitError"/>, for the metric.</summary>
    public string LimitReason { get; init; } = DiscardReason.InvalidLabels;
}
