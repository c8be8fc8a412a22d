namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>label="expression"</c> behind <c>json</c> or <c>logfmt</c>.</summary>
internal sealed record LabelExtraction(string Label, string Expression);
