namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>One number for each series and step from the lines of a time range, such as <c>count_over_time({a="b"}[5m])</c>.</summary>
internal sealed record RangeAggregation(string Function, LogRange Range, double? Parameter, Grouping? Grouping) : MetricExpression;
