using Observability.AllInOne.EmbeddedLoki.Labels;

namespace Observability.AllInOne.EmbeddedLoki.Ingest;

/// <summary>A stored entry on its way to a tail request.</summary>
internal sealed record TailEntry(LabelSet Labels, long Timestamp, byte[] Line, byte[] Metadata);
