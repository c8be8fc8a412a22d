namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>a &gt; 1m30s</c>; the value in nanoseconds.</summary>
internal sealed record DurationLabelFilter(string Name, string Operator, long Value) : LabelFilter;
