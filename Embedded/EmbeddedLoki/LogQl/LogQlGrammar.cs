using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Parlot.Fluent;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>LogQL's grammar (pkg/logql/syntax/syntax.y, v3.7.6), as far as the store can evaluate it.</summary>
internal static class LogQlGrammar
{
    private static readonly Parser<string> Open = Tokens.Symbol("(");
    private static readonly Parser<string> Close = Tokens.Symbol(")");
    private static readonly Parser<string> Comma = Tokens.Symbol(",");

    public static readonly Parser<LogQlExpression> Query = Build();

    private static Parser<LogQlExpression> Build()
    {
        var labels = Between(Open, Separated(Comma, Tokens.Identifier).Else((IReadOnlyList<string>)[]), Close)
            .Then(names => new NodeList<string>(names));
        var grouping = Tokens.Keyword("by", "without").And(labels)
            .Then(g => new Grouping(g.Item1 == "without", g.Item2));

        var log = LogQuery(out var logRange);
        var metric = Metric(logRange, labels, grouping);
        return OneOf(
            log.Then<LogQlExpression>(e => e).AndSkip(Tokens.End),
            metric.Then<LogQlExpression>(e => e).AndSkip(Tokens.End));
    }

    private static Parser<LogExpression> LogQuery(out Parser<LogRange> range)
    {
        var matcher = Tokens.Identifier.And(Tokens.Symbol("=", "!=", "=~", "!~")).And(Tokens.Text)
            .Then((context, m) =>
            {
                if (m.Item2 is "=~" or "!~")
                    ((LogQlContext)context).CountPattern();
                return Matchers.Create(m.Item1, m.Item2, m.Item3);
            });
        var selector = Between(Tokens.Symbol("{"), Separated(Comma, matcher).Else((IReadOnlyList<Matcher>)[]), Tokens.Symbol("}"))
            .Then(matchers => new NodeList<Matcher>(matchers));
        var labelFilter = LabelFilterOf(matcher);
        var pipeline = ZeroOrMany(StageOf(matcher, labelFilter));
        var unwrap = UnwrapOf(labelFilter);

        var log = Deferred<LogExpression>();
        var plain = selector.And(pipeline)
            .Then(l => new LogExpression(l.Item1, new(l.Item2)));
        log.Parser = OneOf(plain, Between(Open, log, Close));

        range = LogRangeOf(selector, pipeline, unwrap);
        return log;
    }

    private static Parser<LogRange> LogRangeOf(
        Parser<NodeList<Matcher>> selector, Parser<IReadOnlyList<Stage>> pipeline, Parser<Unwrap> unwrap)
    {
        var offset = Tokens.Keyword("offset").SkipAnd(Tokens.Duration).Else(0L);
        var optionalUnwrap = unwrap.Then<Unwrap?>(u => u).Else((Unwrap?)null);
        var body = selector.And(pipeline).And(optionalUnwrap);

        // The pipeline stands before the range, or behind it.
        var before = body.And(Tokens.Range).And(offset)
            .Then(r => new LogRange(new(r.Item1, new(r.Item2)), r.Item4, r.Item5, r.Item3));
        var behind = selector.And(Tokens.Range).And(offset).And(OneOrMany(StageOrNothing(pipeline))).And(optionalUnwrap)
            .Then(r => new LogRange(new(r.Item1, new(r.Item4.SelectMany(s => s))), r.Item2, r.Item3, r.Item5));
        var unwrapBehind = selector.And(Tokens.Range).And(offset).And(unwrap)
            .Then(r => new LogRange(new(r.Item1, NodeList<Stage>.Empty), r.Item2, r.Item3, r.Item4));
        var inParentheses = Between(Open, body, Close).And(Tokens.Range).And(offset)
            .Then(r => new LogRange(new(r.Item1.Item1, new(r.Item1.Item2)), r.Item2, r.Item3, r.Item1.Item3));

        var range = Deferred<LogRange>();
        range.Parser = OneOf(behind, unwrapBehind, before, inParentheses, Between(Open, range, Close));
        return range;
    }

    // A pipeline that may not be empty.
    private static Parser<IReadOnlyList<Stage>> StageOrNothing(Parser<IReadOnlyList<Stage>> pipeline) =>
        pipeline.When((_, stages) => stages.Count > 0);

    private static Parser<Unwrap> UnwrapOf(Parser<LabelFilter> labelFilter)
    {
        var converted = Tokens.Function("IDENTIFIER", "bytes", "duration", "duration_seconds").And(Between(Open, Tokens.Identifier, Close))
            .Then(u => (Label: u.Item2, Conversion: u.Item1));
        var label = OneOf(converted, Tokens.Identifier.Then(name => (Label: name, Conversion: "")));
        return Tokens.Symbol("|").SkipAnd(Tokens.Keyword("unwrap")).SkipAnd(label).And(ZeroOrMany(Tokens.Symbol("|").SkipAnd(labelFilter)))
            .Then(u => new Unwrap(u.Item1.Label, u.Item1.Conversion, new(u.Item2)));
    }

    private static Parser<Stage> StageOf(Parser<Matcher> matcher, Parser<LabelFilter> labelFilter)
    {
        var extraction = Tokens.Identifier.And(Tokens.Symbol("=").SkipAnd(Tokens.Text).Else(""))
            .Then(e => new LabelExtraction(e.Item1, e.Item2.Length == 0 ? e.Item1 : e.Item2));
        var extractions = Separated(Comma, extraction).Else((IReadOnlyList<LabelExtraction>)[]).Then(
            list => new NodeList<LabelExtraction>(list));
        var named = OneOf(
            matcher.Then(m => new NamedMatcher(m.Name, m)),
            Tokens.Identifier.Then(name => new NamedMatcher(name, null)));
        var names = Separated(Comma, named).Then(list => new NodeList<NamedMatcher>(list));

        var ip = Ip();
        var operand = OneOf(
            ip.Then(text => new LineFilterOperand(text, true)), Tokens.Text.Then(text => new LineFilterOperand(text, false)));
        var lineFilter = Tokens.Symbol("|=", "!=", "|~", "!~", "|>", "!>").And(Separated(Tokens.Keyword("or"), operand))
            .Then<Stage>((context, f) =>
            {
                for (var i = 0; f.Item1 is "|~" or "!~" && i < f.Item2.Count; i++)
                    ((LogQlContext)context).CountPattern();
                return new LineFilter(f.Item1, new(f.Item2));
            });
        var format = OneOf(
            Tokens.Identifier.AndSkip(Tokens.Symbol("=")).And(Tokens.Identifier).Then(f => new LabelFormat(f.Item1, f.Item2, true)),
            Tokens.Identifier.AndSkip(Tokens.Symbol("=")).And(Tokens.Text).Then(f => new LabelFormat(f.Item1, f.Item2, false)));
        var piped = Tokens.Symbol("|").SkipAnd(OneOf(
            Tokens.Keyword("json").SkipAnd(extractions).Then<Stage>(e => new JsonStage(e)),
            Tokens.Keyword("logfmt").SkipAnd(ZeroOrMany(Tokens.ParserFlag)).And(extractions)
                .Then<Stage>(l => new LogfmtStage(l.Item1.Contains("--strict"), l.Item1.Contains("--keep-empty"), l.Item2)),
            Tokens.Keyword("line_format").SkipAnd(Tokens.Text).Then<Stage>(template => new LineFormatStage(template)),
            Tokens.Keyword("drop").SkipAnd(names).Then<Stage>(list => new DropStage(list)),
            Tokens.Keyword("keep").SkipAnd(names).Then<Stage>(list => new KeepStage(list)),
            Tokens.Keyword("regexp").SkipAnd(Tokens.Text).Then<Stage>(pattern => new RegexpStage(pattern)),
            Tokens.Keyword("pattern").SkipAnd(Tokens.Text).Then<Stage>(pattern => new PatternStage(pattern)),
            Tokens.Keyword("unpack").Then<Stage>(_ => new UnpackStage()),
            Tokens.Keyword("decolorize").Then<Stage>(_ => new DecolorizeStage()),
            Tokens.Keyword("label_format").SkipAnd(Separated(Comma, format)).Then<Stage>(formats => new LabelFormatStage(new(formats))),
            labelFilter.Then<Stage>(filter => new LabelFilterStage(filter))));
        return OneOf(lineFilter, piped);
    }

    private static Parser<string> Ip() => Tokens.Function("ip", "ip").SkipAnd(Between(Open, Tokens.Text, Close));

    private static Parser<LabelFilter> LabelFilterOf(Parser<Matcher> matcher)
    {
        var comparison = Tokens.Symbol("==", "=", "!=", ">", ">=", "<", "<=").Then(op => op == "=" ? "==" : op);
        var number = Tokens.Symbol("+", "-").Else("").And(Tokens.Number).Then(n => n.Item1 == "-" ? -n.Item2 : n.Item2);
        var filter = Deferred<LabelFilter>();
        var single = OneOf(
            matcher.Then<LabelFilter>(m => new StringLabelFilter(m)),
            Tokens.Identifier.And(comparison).And(Tokens.Duration).Then<LabelFilter>(
                f => new DurationLabelFilter(f.Item1, f.Item2, f.Item3)),
            Tokens.Identifier.And(comparison).And(Tokens.Bytes).Then<LabelFilter>(f => new BytesLabelFilter(f.Item1, f.Item2, f.Item3)),
            Tokens.Identifier.And(comparison).And(number).Then<LabelFilter>(f => new NumberLabelFilter(f.Item1, f.Item2, f.Item3)),
            Tokens.Identifier.And(Tokens.Symbol("=", "!=")).And(Ip()).Then<LabelFilter>(
                f => new IpLabelFilter(f.Item1, f.Item2 == "=", f.Item3)),
            Between(Open, filter, Close));

        // A comma, or nothing between two filters, is an "and".
        var and = OneOf(Tokens.Keyword("and"), Comma, Always(""));
        var conjunction = single.And(ZeroOrMany(and.SkipAnd(single)))
            .Then((context, c) => Fold((LogQlContext)context, c.Item1, c.Item2, and: true));
        filter.Parser = conjunction.And(ZeroOrMany(Tokens.Keyword("or").SkipAnd(conjunction)))
            .Then((context, d) => Fold((LogQlContext)context, d.Item1, d.Item2, and: false));
        return filter;
    }

    private static LabelFilter Fold(LogQlContext context, LabelFilter first, IReadOnlyList<LabelFilter> rest, bool and)
    {
        foreach (var filter in rest)
        {
            context.CountNode();
            first = new BinaryLabelFilter(first, and, filter);
        }

        return first;
    }

    private static Parser<MetricExpression> Metric(Parser<LogRange> logRange, Parser<NodeList<string>> labels, Parser<Grouping> grouping)
    {
        var metric = Deferred<MetricExpression>();
        var optionalGrouping = grouping.Then<Grouping?>(g => g).Else((Grouping?)null);
        var sign = Tokens.Symbol("+", "-").Else("");
        var literal = sign.And(Tokens.Number).Then(n => n.Item1 == "-" ? -n.Item2 : n.Item2);
        var parameter = Tokens.Number.AndSkip(Comma).Then<double?>(n => n).Else((double?)null);

        var rangeAggregation = Tokens.Function("function", [.. RangeFunctions.Names]).AndSkip(Open).And(parameter).And(logRange).AndSkip(
            Close).And(optionalGrouping)
            .Then<MetricExpression>(r => Matchers.CreateRangeAggregation(r.Item1, r.Item3, r.Item2, r.Item4));
        var vectorAggregation = Tokens.Function("function", [.. VectorFunctions.Names]).And(optionalGrouping).AndSkip(Open).And(
            parameter).And(metric).AndSkip(Close).And(optionalGrouping)
            .Then<MetricExpression>((context, v) => CreateVectorAggregation((LogQlContext)context, v));
        var vector = Tokens.Function("function", "vector").SkipAnd(Between(Open, literal, Close))
            .Then<MetricExpression>(value => new VectorLiteral(value));
        var argument = Comma.SkipAnd(Tokens.Text);
        var labelReplace = Tokens.Function("function", "label_replace").SkipAnd(Open).SkipAnd(metric).And(argument).And(argument).And(
            argument).And(argument).AndSkip(Close)
            .Then<MetricExpression>((context, r) =>
            {
                ((LogQlContext)context).CountNode();
                return Matchers.CreateLabelReplace(r.Item1, r.Item2, r.Item3, r.Item4, r.Item5);
            });
        var unsupported = Tokens.Unsupported<MetricExpression>(symbol: false, "variants");
        var primary = OneOf(
            rangeAggregation,
            vectorAggregation,
            vector,
            labelReplace,
            literal.Then<MetricExpression>(value => new NumberLiteral(value)),
            Between(Open, metric, Close),
            unsupported);

        var include = labels.Then<NodeList<string>?>(names => names).Else((NodeList<string>?)null);
        var group = Tokens.Keyword("group_left", "group_right").And(include)
            .Then(g => (Cardinality: g.Item1 == "group_left" ? MatchCardinality.ManyToOne : MatchCardinality.OneToMany, Include: g.Item2))
            .Else((MatchCardinality.OneToOne, (NodeList<string>?)null));
        var on = Tokens.Keyword("on", "ignoring").And(labels).And(group)
            .Then<VectorMatching?>(m => new VectorMatching(m.Item1 == "on", m.Item2, m.Item3.Item1, m.Item3.Item2)).Else(
                (VectorMatching?)null);
        var modifier = Tokens.Keyword("bool").Else("").And(on);

        // From the tightest to the loosest; the power alone associates to the right.
        var level = Level(primary, modifier, Tokens.Symbol("^"), right: true);
        level = Level(level, modifier, Tokens.Symbol("*", "/", "%"));
        level = Level(level, modifier, Tokens.Symbol("+", "-"));
        level = Level(level, modifier, Tokens.Symbol("==", "!=", ">", ">=", "<", "<="));
        level = Level(level, modifier, Tokens.Keyword("and", "unless"));
        metric.Parser = Level(level, modifier, Tokens.Keyword("or"));
        return metric;
    }

    private static Parser<MetricExpression> Level(
        Parser<MetricExpression> operand, Parser<ValueTuple<string, VectorMatching?>> modifier, Parser<string> operators,
            bool right = false)
    {
        return operand.And(ZeroOrMany(operators.And(modifier).And(operand))).Then((context, chain) =>
        {
            var (first, rest) = chain;
            foreach (var _ in rest)
                ((LogQlContext)context).CountNode();
            if (right && rest.Count > 0)
            {
                var result = rest[^1].Item3;
                for (var i = rest.Count - 1; i >= 0; i--)
                    result = Create(rest[i].Item1, rest[i].Item2, i == 0 ? first : rest[i - 1].Item3, result);
                return result;
            }

            foreach (var (op, (isBool, matching), next) in rest)
                first = Create(op, (isBool, matching), first, next);
            return first;
        });

        static MetricExpression Create(
            string op, (string Bool, VectorMatching? Matching) modifier, MetricExpression left, MetricExpression right) =>
            Matchers.CreateBinaryOperation(op, left, right, modifier.Bool.Length > 0, modifier.Matching);
    }

    private static VectorAggregation CreateVectorAggregation(
        LogQlContext context, (string Function, Grouping? Before, double? Parameter, MetricExpression Operand, Grouping? Behind) v)
    {
        context.CountNode();
        if (v.Before is not null && v.Behind is not null)
            throw LogQlException.Parse($"syntax error: {v.Function} has two groupings");
        return Matchers.CreateVectorAggregation(v.Function, v.Operand, v.Parameter, v.Before ?? v.Behind);
    }
}
