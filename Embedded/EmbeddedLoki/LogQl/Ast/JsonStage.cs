namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| json</c>: every field becomes a label, or only those named.</summary>
internal sealed record JsonStage(NodeList<LabelExtraction> Extractions) : Stage;
