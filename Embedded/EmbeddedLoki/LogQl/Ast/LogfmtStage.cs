namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| logfmt</c>: every pair becomes a label, or only those named.</summary>
internal sealed record LogfmtStage(bool Strict, bool KeepEmpty, NodeList<LabelExtraction> Extractions) : Stage;
