namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>a &gt; 1.5</c></summary>
internal sealed record NumberLabelFilter(string Name, string Operator, double Value) : LabelFilter;
