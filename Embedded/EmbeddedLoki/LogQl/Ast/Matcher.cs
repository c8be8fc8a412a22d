namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>A comparison of a label with a text: in a selector, or as a label filter.</summary>
internal sealed record Matcher(string Name, MatchOperator Operator, string Value);
