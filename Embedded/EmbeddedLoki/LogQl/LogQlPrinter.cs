using System.Globalization;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>From a tree to a text that parses to the same tree.</summary>
internal static class LogQlPrinter
{
    public static string Print(LogQlExpression expression)
    {
        var text = new StringBuilder();
        Print(text, expression);
        return text.ToString();
    }

    public static string Print(Matcher matcher)
    {
        var op = matcher.Operator switch { MatchOperator.Equal => "=", MatchOperator.NotEqual => "!=", MatchOperator.Regex => "=~", _ => "!~" };
        return matcher.Name + op + GoQuote.Quote(matcher.Value);
    }

    private static void Print(StringBuilder text, LogQlExpression expression)
    {
        switch (expression)
        {
            case LogExpression log:
                PrintLog(text, log);
                break;
            case RangeAggregation range:
                text.Append(range.Function).Append('(');
                if (range.Parameter is { } parameter)
                    text.Append(Number(parameter)).Append(", ");
                PrintRange(text, range.Range);
                text.Append(')');
                PrintGrouping(text, range.Grouping);
                break;
            case VectorAggregation vector:
                text.Append(vector.Function);
                PrintGrouping(text, vector.Grouping);
                text.Append('(');
                if (vector.Parameter is { } k)
                    text.Append(CultureInfo.InvariantCulture, $"{k}, ");
                Print(text, vector.Operand);
                text.Append(')');
                break;
            case BinaryOperation operation:
                PrintOperand(text, operation.Left);
                text.Append(' ').Append(operation.Operator).Append(' ');
                if (operation.ReturnBool)
                    text.Append("bool ");
                if (operation.Matching is { } matching)
                    text.Append(matching.On ? "on" : "ignoring").Append(" (").AppendJoin(", ", matching.Labels).Append(") ");
                PrintOperand(text, operation.Right);
                break;
            case NumberLiteral literal:
                text.Append(Number(literal.Value));
                break;
            case VectorLiteral vector:
                text.Append("vector(").Append(Number(vector.Value)).Append(')');
                break;
        }
    }

    private static void PrintOperand(StringBuilder text, MetricExpression operand)
    {
        if (operand is BinaryOperation)
        {
            text.Append('(');
            Print(text, operand);
            text.Append(')');
        }
        else
        {
            Print(text, operand);
        }
    }

    private static void PrintLog(StringBuilder text, LogExpression log)
    {
        text.Append('{').AppendJoin(", ", log.Matchers.Select(Print)).Append('}');
        foreach (var stage in log.Stages)
            PrintStage(text.Append(' '), stage);
    }

    private static void PrintRange(StringBuilder text, LogRange range)
    {
        PrintLog(text, range.Log);
        if (range.Unwrap is { } unwrap)
        {
            text.Append(" | unwrap ").Append(unwrap.Conversion.Length > 0 ? $"{unwrap.Conversion}({unwrap.Label})" : unwrap.Label);
            foreach (var filter in unwrap.Filters)
                PrintFilter(text.Append(" | "), filter);
        }

        text.Append(" [").Append(Durations.Format(range.Interval)).Append(']');
        if (range.Offset != 0)
            text.Append(" offset ").Append(Durations.Format(range.Offset));
    }

    private static void PrintGrouping(StringBuilder text, Grouping? grouping)
    {
        if (grouping is not null)
            text.Append(grouping.Without ? " without (" : " by (").AppendJoin(", ", grouping.Labels).Append(") ");
    }

    private static void PrintStage(StringBuilder text, Stage stage)
    {
        switch (stage)
        {
            case LineFilter filter:
                text.Append(filter.Operator).Append(' ').AppendJoin(" or ", filter.Alternatives.Select(GoQuote.Quote));
                break;
            case JsonStage json:
                text.Append("| json");
                PrintExtractions(text, json.Extractions);
                break;
            case LogfmtStage logfmt:
                text.Append("| logfmt").Append(logfmt.Strict ? " --strict" : "").Append(logfmt.KeepEmpty ? " --keep-empty" : "");
                PrintExtractions(text, logfmt.Extractions);
                break;
            case LabelFilterStage filter:
                PrintFilter(text.Append("| "), filter.Filter);
                break;
            case LineFormatStage format:
                text.Append("| line_format ").Append(GoQuote.Quote(format.Template));
                break;
            case DropStage drop:
                PrintNames(text.Append("| drop "), drop.Labels);
                break;
            case KeepStage keep:
                PrintNames(text.Append("| keep "), keep.Labels);
                break;
        }
    }

    private static void PrintExtractions(StringBuilder text, NodeList<LabelExtraction> extractions)
    {
        if (extractions.Count > 0)
            text.Append(' ').AppendJoin(", ", extractions.Select(e => $"{e.Label}={GoQuote.Quote(e.Expression)}"));
    }

    private static void PrintNames(StringBuilder text, NodeList<NamedMatcher> names) =>
        text.AppendJoin(", ", names.Select(n => n.Matcher is { } matcher ? Print(matcher) : n.Name));

    private static void PrintFilter(StringBuilder text, LabelFilter filter)
    {
        _ = filter switch
        {
            StringLabelFilter s => text.Append(Print(s.Matcher)),
            NumberLabelFilter n => text.Append(n.Name).Append(' ').Append(n.Operator).Append(' ').Append(Number(n.Value)),
            DurationLabelFilter d => text.Append(d.Name).Append(' ').Append(d.Operator).Append(' ').Append(Durations.Format(d.Value)),
            BytesLabelFilter b => text.Append(CultureInfo.InvariantCulture, $"{b.Name} {b.Operator} {b.Value}B"),
            _ => PrintBinary(text, (BinaryLabelFilter)filter),
        };
    }

    private static StringBuilder PrintBinary(StringBuilder text, BinaryLabelFilter filter)
    {
        PrintFilter(text.Append("( "), filter.Left);
        PrintFilter(text.Append(filter.And ? " and " : " or "), filter.Right);
        return text.Append(" )");
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
}
