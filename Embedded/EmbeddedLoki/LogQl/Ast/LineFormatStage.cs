namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| line_format "{{.a}}"</c>: the line becomes what the template makes of the labels.</summary>
internal sealed record LineFormatStage(string Template) : Stage;
