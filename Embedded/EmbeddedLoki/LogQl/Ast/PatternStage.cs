namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| pattern "&lt;method&gt; &lt;_&gt;"</c>: named captures become labels.</summary>
internal sealed record PatternStage(string Pattern) : Stage;
