namespace Observability.Embedded.EmbeddedLoki.Evaluation.Templates;

/// <summary>A time of a template: nanoseconds since the Unix epoch.</summary>
internal readonly record struct GoInstant(long Nanoseconds);
