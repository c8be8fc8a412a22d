namespace Observability.Embedded.EmbeddedLoki.Evaluation.Templates;

/// <summary>A template that cannot be rendered for a line, in Go's words: the line goes on as it is, with an error.</summary>
internal sealed class TemplateException(string message) : Exception(message);
