namespace Observability.AllInOne.EmbeddedLoki.LogQl.Ast;

/// <summary>A query of numbers.</summary>
internal abstract record MetricExpression : LogQlExpression;
