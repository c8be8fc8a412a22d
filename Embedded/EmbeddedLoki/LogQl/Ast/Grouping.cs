namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>by (a, b)</c> or <c>without (a, b)</c>.</summary>
internal sealed record Grouping(bool Without, NodeList<string> Labels);
