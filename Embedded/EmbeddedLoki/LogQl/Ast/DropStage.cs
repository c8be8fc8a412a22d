namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| drop a, b="c"</c></summary>
internal sealed record DropStage(NodeList<NamedMatcher> Labels) : Stage;
