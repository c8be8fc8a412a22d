namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>Arithmetic, comparison or set operation.</summary>
/// <param name="Operator">The operator as written.</param>
/// <param name="Left">Left operand.</param>
/// <param name="Right">Right operand.</param>
/// <param name="ReturnBool">A comparison yields 0 or 1 instead of filtering.</param>
/// <param name="Matching">Which labels pair up the series of both sides; null for all.</param>
internal sealed record BinaryOperation(
    string Operator, MetricExpression Left, MetricExpression Right, bool ReturnBool, VectorMatching? Matching) : MetricExpression;
