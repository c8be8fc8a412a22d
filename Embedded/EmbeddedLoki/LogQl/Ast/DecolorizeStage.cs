namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| decolorize</c>: a terminal's colours go.</summary>
internal sealed record DecolorizeStage : Stage;
