namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>Keeps the lines whose labels fulfil a condition.</summary>
internal sealed record LabelFilterStage(LabelFilter Filter) : Stage;
