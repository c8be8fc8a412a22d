namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>a="b" or c="d"</c></summary>
internal sealed record BinaryLabelFilter(LabelFilter Left, bool And, LabelFilter Right) : LabelFilter;
