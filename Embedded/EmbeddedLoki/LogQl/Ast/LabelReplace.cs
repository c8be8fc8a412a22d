namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>label_replace(v, "dst", "$1", "src", "regex")</c></summary>
internal sealed record LabelReplace(MetricExpression Operand, string Destination, string Replacement, string Source, string Pattern)
    : MetricExpression;
