namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>a &gt; 5KiB</c></summary>
internal sealed record BytesLabelFilter(string Name, string Operator, ulong Value) : LabelFilter;
