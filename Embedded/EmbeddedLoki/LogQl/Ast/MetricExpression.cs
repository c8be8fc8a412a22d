namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>A query of numbers.</summary>
internal abstract record MetricExpression : LogQlExpression;
