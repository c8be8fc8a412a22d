namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>a=~"b.*"</c></summary>
internal sealed record StringLabelFilter(Matcher Matcher) : LabelFilter;
