namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| unpack</c>: what Promtail's pack stage put into one JSON line comes apart again.</summary>
internal sealed record UnpackStage : Stage;
