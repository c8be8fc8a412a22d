namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>A query of lines: which streams, and what happens to each line.</summary>
internal sealed record LogExpression(NodeList<Matcher> Matchers, NodeList<Stage> Stages) : LogQlExpression;
