namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>on (a, b)</c> or <c>ignoring (a, b)</c>.</summary>
internal sealed record VectorMatching(bool On, NodeList<string> Labels);
