namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>The body of a push cannot be read at all: answered with 400 and nothing stored.</summary>
internal sealed class PushFormatException(string message) : Exception(message);
