namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| regexp "(?P&lt;method&gt;\\w+)"</c>: named groups become labels.</summary>
internal sealed record RegexpStage(string Pattern) : Stage;
