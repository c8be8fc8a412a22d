namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>Keeps the lines that have, or have not, one of some texts or patterns: <c>|= "a" or ip("10.0.0.0/8")</c>.</summary>
/// <param name="Operator"><c>|=</c>, <c>!=</c>, <c>|~</c>, <c>!~</c>, <c>|&gt;</c> or <c>!&gt;</c>.</param>
/// <param name="Alternatives">At least one.</param>
internal sealed record LineFilter(string Operator, NodeList<LineFilterOperand> Alternatives) : Stage;
