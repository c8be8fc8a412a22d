namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>Fewer series from many, such as <c>sum by (level) (…)</c>.</summary>
internal sealed record VectorAggregation(string Function, MetricExpression Operand, int? Parameter, Grouping? Grouping) : MetricExpression;
