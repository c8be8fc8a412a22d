namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>Keeps the lines that have, or have not, one of some texts or patterns: <c>|= "a" or "b"</c>.</summary>
/// <param name="Operator"><c>|=</c>, <c>!=</c>, <c>|~</c> or <c>!~</c>.</param>
/// <param name="Alternatives">At least one.</param>
internal sealed record LineFilter(string Operator, NodeList<string> Alternatives) : Stage;
