namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| unwrap duration(latency)</c> and the label filters behind it.</summary>
/// <param name="Label">The label whose value is the sample.</param>
/// <param name="Conversion"><c>bytes</c>, <c>duration</c>, <c>duration_seconds</c>, or empty for a plain number.</param>
/// <param name="Filters">Filters after the conversion.</param>
internal sealed record Unwrap(string Label, string Conversion, NodeList<LabelFilter> Filters);
