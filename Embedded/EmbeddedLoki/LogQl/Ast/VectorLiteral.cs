namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>vector(1)</c>: a number as a series without labels.</summary>
internal sealed record VectorLiteral(double Value) : MetricExpression;
