using System.Globalization;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>From a tree to Loki's own text for it (pkg/logql/syntax/ast.go, v3.7.6), which parses to the same tree.</summary>
internal static class LogQlPrinter
{
    public static string Print(LogQlExpression expression)
    {
        var text = new StringBuilder();
        Print(text, expression);
        return text.ToString();
    }

    public static string Print(Stage stage)
    {
        var text = new StringBuilder();
        PrintStage(text, stage);
        return text.ToString();
    }

    public static string Print(Matcher matcher)
    {
        var op = matcher.Operator switch
        {
            MatchOperator.Equal => "=",
            MatchOperator.NotEqual => "!=",
            MatchOperator.Regex => "=~",
            _ => "!~",
        };
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
                    text.Append(GoFloat.FormatPlain(parameter)).Append(',');
                PrintRange(text, range.Range);
                text.Append(')');
                PrintGrouping(text, range.Grouping);
                break;
            case VectorAggregation vector:
                text.Append(vector.Function);
                // A grouping of nothing is none, but for "without ()".
                if (vector.Grouping is { } grouping && (grouping.Without || grouping.Labels.Count > 0))
                    PrintGrouping(text, grouping);
                text.Append('(');
                if (vector.Parameter is { } k)
                    text.Append(CultureInfo.InvariantCulture, $"{k},");
                Print(text, vector.Operand);
                text.Append(')');
                break;
            case LabelReplace replace:
                text.Append("label_replace(");
                Print(text, replace.Operand);
                foreach (var argument in new[] { replace.Destination, replace.Replacement, replace.Source, replace.Pattern })
                    text.Append(',').Append(GoQuote.Quote(argument));
                text.Append(')');
                break;
            case BinaryOperation operation:
                PrintOperation(text, operation);
                break;
            case NumberLiteral literal:
                text.Append(GoFloat.FormatGeneral(literal.Value));
                break;
            case VectorLiteral vector:
                text.Append(CultureInfo.InvariantCulture, $"vector({vector.Value:F6})");
                break;
        }
    }

    private static void PrintOperation(StringBuilder text, BinaryOperation operation)
    {
        Print(text.Append('('), operation.Left);
        text.Append(' ').Append(operation.Operator).Append(' ');
        if (operation.ReturnBool)
            text.Append("bool ");
        if (operation.Matching is { } matching)
        {
            text.Append(matching.On ? "on" : "ignoring").Append(" (").AppendJoin(',', matching.Labels).Append(") ");
            if (matching.Cardinality != MatchCardinality.OneToOne)
                text.Append(matching.Cardinality == MatchCardinality.ManyToOne ? "group_left" : "group_right").Append(' ');
            if (matching.Include is { } include)
                text.Append('(').AppendJoin(',', include).Append(") ");
        }

        Print(text, operation.Right);
        text.Append(')');
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

        text.Append('[').Append(LogQlDurations.FormatPrometheus(range.Interval)).Append(']');
        if (range.Offset != 0)
            text.Append(" offset ").Append(GoDuration.Format(range.Offset));
    }

    private static void PrintGrouping(StringBuilder text, Grouping? grouping)
    {
        if (grouping is not null)
            text.Append(grouping.Without ? " without (" : " by (").AppendJoin(',', grouping.Labels).Append(')');
    }

    private static void PrintStage(StringBuilder text, Stage stage)
    {
        switch (stage)
        {
            case LineFilter filter:
                PrintLineFilter(text, filter);
                break;
            case JsonStage json:
                text.Append("| json");
                PrintExtractions(text, json.Extractions);
                break;
            case LogfmtStage logfmt:
                text.Append("| logfmt").Append(logfmt.Strict ? " --strict" : "").Append(logfmt.KeepEmpty ? " --keep-empty" : "");
                PrintExtractions(text, logfmt.Extractions);
                break;
            case RegexpStage regexp:
                text.Append("| regexp ").Append(GoQuote.Quote(regexp.Pattern));
                break;
            case PatternStage pattern:
                text.Append("| pattern ").Append(GoQuote.Quote(pattern.Pattern));
                break;
            case UnpackStage:
                text.Append("| unpack");
                break;
            case DecolorizeStage:
                text.Append("| decolorize");
                break;
            case LabelFilterStage filter:
                PrintFilter(text.Append("| "), filter.Filter);
                break;
            case LineFormatStage format:
                text.Append("| line_format ").Append(GoQuote.Quote(format.Template));
                break;
            case LabelFormatStage format:
                text.Append("| label_format ").AppendJoin(
                    ',', format.Formats.Select(f => $"{f.Name}={(f.IsRename ? f.Value : GoQuote.Quote(f.Value))}"));
                break;
            case DropStage drop:
                PrintNames(text.Append("| drop "), drop.Labels);
                break;
            case KeepStage keep:
                PrintNames(text.Append("| keep "), keep.Labels);
                break;
        }
    }

    private static void PrintLineFilter(StringBuilder text, LineFilter filter)
    {
        var operands = filter.Alternatives.Select(o => o.IsIp ? $"ip({GoQuote.Quote(o.Text)})" : GoQuote.Quote(o.Text));
        // "Not one of these" is "not this and not that".
        if (filter.Operator[0] == '!')
            text.AppendJoin(' ', operands.Select(o => $"{filter.Operator} {o}"));
        else
            text.Append(filter.Operator).Append(' ').AppendJoin(" or ", operands);
    }

    private static void PrintExtractions(StringBuilder text, NodeList<LabelExtraction> extractions)
    {
        if (extractions.Count > 0)
            text.Append(' ').AppendJoin(',', extractions.Select(e => $"{e.Label}={GoQuote.Quote(e.Expression)}"));
    }

    private static void PrintNames(StringBuilder text, NodeList<NamedMatcher> names) =>
        text.AppendJoin(',', names.Select(n => n.Matcher is { } matcher ? Print(matcher) : n.Name));

    private static void PrintFilter(StringBuilder text, LabelFilter filter)
    {
        _ = filter switch
        {
            StringLabelFilter s => text.Append(Print(s.Matcher)),
            NumberLabelFilter n => text.Append(n.Name).Append(n.Operator).Append(GoFloat.FormatPlain(n.Value)),
            DurationLabelFilter d => text.Append(d.Name).Append(d.Operator).Append(GoDuration.Format(d.Value)),
            BytesLabelFilter b => text.Append(b.Name).Append(b.Operator).Append(GoBytes.Humanize(b.Value)),
            IpLabelFilter ip =>
                text.Append(ip.Name).Append(ip.IsWanted ? "=" : "!=").Append("ip(").Append(GoQuote.Quote(ip.Pattern)).Append(')'),
            _ => PrintBinary(text, (BinaryLabelFilter)filter),
        };
    }

    private static StringBuilder PrintBinary(StringBuilder text, BinaryLabelFilter filter)
    {
        PrintFilter(text.Append("( "), filter.Left);
        PrintFilter(text.Append(filter.And ? " , " : " or "), filter.Right);
        return text.Append(" )");
    }
}
