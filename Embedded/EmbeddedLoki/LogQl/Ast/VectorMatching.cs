namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>on (a, b) group_left (c)</c></summary>
/// <param name="On">Whether only <paramref name="Labels"/> are compared, or all but them.</param>
/// <param name="Labels">The labels in the parentheses.</param>
/// <param name="Cardinality">Which side may have several.</param>
/// <param name="Include">Labels that the result takes from the side that has one; null when there were no parentheses.</param>
internal sealed record VectorMatching(bool On, NodeList<string> Labels, MatchCardinality Cardinality, NodeList<string>? Include);
