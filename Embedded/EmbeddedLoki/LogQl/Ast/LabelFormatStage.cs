namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>| label_format a=b, c="{{.d}}"</c></summary>
internal sealed record LabelFormatStage(NodeList<LabelFormat> Formats) : Stage;
