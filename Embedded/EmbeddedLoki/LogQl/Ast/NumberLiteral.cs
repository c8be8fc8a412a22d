namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>A number.</summary>
internal sealed record NumberLiteral(double Value) : MetricExpression;
