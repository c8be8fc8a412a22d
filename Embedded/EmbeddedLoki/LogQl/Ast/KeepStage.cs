namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| keep a, b="c"</c></summary>
internal sealed record KeepStage(NodeList<NamedMatcher> Labels) : Stage;
