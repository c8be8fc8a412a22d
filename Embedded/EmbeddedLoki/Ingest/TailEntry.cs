using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>A stored entry on its way to a tail request.</summary>
internal sealed record TailEntry(LabelSet Labels, long Timestamp, byte[] Line, byte[] Metadata);
