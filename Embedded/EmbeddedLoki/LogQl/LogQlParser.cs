using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>From a query's text to its tree.</summary>
internal static class LogQlParser
{
    /// <summary>Longest query in characters (pkg/logql/syntax/parser.go).</summary>
    private const int MaxLength = 131072;
    private const int MaxNesting = 100;

    /// <exception cref="LogQlException">The text is no query, or one that the store cannot answer.</exception>
    public static LogQlExpression Parse(string text)
    {
        if (text.Length >= MaxLength)
            throw LogQlException.Parse($"input size too long ({text.Length} > {MaxLength})");
        var context = new LogQlContext(text);
        LimitNesting(context);
        if (!LogQlGrammar.Query.TryParse(context, out var expression, out _))
            throw context.Error();
        foreach (var log in LogsOf(expression))
            Matchers.RequireSelective(log);
        return expression;
    }

    /// <summary>A selector alone, as <c>series</c> and <c>labels</c> take it.</summary>
    /// <exception cref="LogQlException">The text is anything else.</exception>
    public static LogExpression ParseSelector(string text) =>
        Parse(text) is LogExpression { Stages.Count: 0 } log ? log : throw new LogQlException("only label matchers are supported");

    private static IEnumerable<LogExpression> LogsOf(LogQlExpression expression)
    {
        var open = new Stack<LogQlExpression>([expression]);
        while (open.TryPop(out var next))
        {
            switch (next)
            {
                case LogExpression log:
                    yield return log;
                    break;
                case RangeAggregation range:
                    yield return range.Range.Log;
                    break;
                case VectorAggregation vector:
                    open.Push(vector.Operand);
                    break;
                case LabelReplace replace:
                    open.Push(replace.Operand);
                    break;
                case BinaryOperation operation:
                    open.Push(operation.Right);
                    open.Push(operation.Left);
                    break;
            }
        }
    }

    /// <summary>The parser recurses once for each parenthesis: a stack overflow would end the process.</summary>
    private static void LimitNesting(LogQlContext context)
    {
        var depth = 0;
        for (var i = 0; i < context.Text.Length; i++)
        {
            switch (context.Text[i])
            {
                case '"' or '`':
                    var length = Go.GoQuote.Read(context.Text, i, out _);
                    // Read again from each quotation mark of a text that does not end, it would take the square of its length.
                    if (length == 0)
                        throw context.ErrorAt(i, Tokens.Closes(context.Text, i) ? "invalid char escape" : "literal not terminated");
                    i += length - 1;
                    break;
                case '(':
                    if (++depth > MaxNesting)
                        throw context.ErrorAt(i, $"the embedded store takes at most {MaxNesting} nested parentheses");
                    break;
                case ')':
                    depth--;
                    break;
            }
        }
    }
}
