namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>A number that a line gave.</summary>
internal readonly record struct Sample(long Timestamp, double Value);
