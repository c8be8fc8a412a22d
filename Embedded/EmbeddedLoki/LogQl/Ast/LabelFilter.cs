namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>A condition on a line's labels.</summary>
internal abstract record LabelFilter;
