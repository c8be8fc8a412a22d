namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>A query: of lines or of numbers. Nodes are equal when what they say is equal.</summary>
internal abstract record LogQlExpression;
