namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>One step of a pipeline.</summary>
internal abstract record Stage;
