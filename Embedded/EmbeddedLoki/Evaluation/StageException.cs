namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>A stage of a query that cannot be made: its template, pattern or expression is malformed.</summary>
internal sealed class StageException(string message) : Exception(message);
