using System.Text;
using CsCheck;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.Tests.EmbeddedLoki.LogQl;

public sealed class LogQlPropertyTests
{
    private static readonly Gen<string> Name = Gen.OneOf("a", "level", "service_name", "_x9", "rate", "count", "ip", "duration",
        "__error__");
    private static readonly Gen<string> Text = Gen.OneOf<string>(Gen.String[0, 12].Select(Valid),
        Gen.OneOf("", "x y", "quote\" back\\slash `tick`", "line\nbreak\ttab", "\u0001\u007fü🌍", "{{.a}}"));
    private static readonly Gen<string> Pattern = Gen.OneOf(".*", ".+", "a|b", "(?i)err", @"\d+", "x{1,3}", "[^a]");
    private static readonly Gen<string> Comparison = Gen.OneOf("==", "!=", ">", ">=", "<", "<=");
    private static readonly Gen<double> Number = Gen.OneOf<double>(Gen.Double[-1e6, 1e6],
        Gen.OneOf(0.0, 1, -1, 0.1, 1e20, 1e-9, 123456789012.0));
    private static readonly Gen<long> Nanoseconds = Gen.OneOf<long>(Gen.Long[1, 1_000_000_000_000_000],
        Gen.OneOf(1L, 1_000_000_000, 90_000_000_000, 86_400_000_000_000));
    private static readonly Gen<long> Milliseconds = Nanoseconds.Select(n => Math.Max(1, n / 1_000_000) * 1_000_000);

    private static readonly Gen<Matcher> AnyMatcher = Gen.OneOf<Matcher>(
        Gen.Select(Name, Gen.OneOf(MatchOperator.Equal, MatchOperator.NotEqual), Text, (n, o, v) => new Matcher(n, o, v)),
        Gen.Select(Name, Gen.OneOf(MatchOperator.Regex, MatchOperator.NotRegex), Pattern, (n, o, v) => new Matcher(n, o, v)));

    private static readonly Gen<LabelFilter> Filter = Gen.Recursive<LabelFilter>((depth, filter) =>
    {
        var single = Gen.OneOf<LabelFilter>(
            AnyMatcher.Select(m => (LabelFilter)new StringLabelFilter(m)),
            Gen.Select(Name, Comparison, Number, (n, o, v) => (LabelFilter)new NumberLabelFilter(n, o, v)),
            Gen.Select(Name, Comparison, Nanoseconds, (n, o, v) => (LabelFilter)new DurationLabelFilter(n, o, v)),
            Gen.Select(Name, Comparison, Gen.ULong[0, 1UL << 50], (n, o, v) => (LabelFilter)new BytesLabelFilter(n, o, v)),
            Gen.Select(Name, Gen.Bool, Text, (n, w, t) => (LabelFilter)new IpLabelFilter(n, w, t)));
        return depth > 2 ? single : Gen.Frequency<LabelFilter>((3, single),
            (1, Gen.Select(filter, Gen.Bool, filter, (l, and, r) => (LabelFilter)new BinaryLabelFilter(l, and, r))));
    });

    private static readonly Gen<NodeList<LabelExtraction>> Extractions = ListOf(
        Gen.Select(Name, Gen.OneOf("x", "a.b[0]"), (n, e) => new LabelExtraction(n, e)), 0, 2);
    private static readonly Gen<NodeList<NamedMatcher>> Names = ListOf(
        Gen.OneOf<NamedMatcher>(Name.Select(n => new NamedMatcher(n, null)), AnyMatcher.Select(m => new NamedMatcher(m.Name, m))), 1, 3);

    private static readonly Gen<Stage> AnyStage = Gen.OneOf<Stage>(
        Gen.Select(Gen.OneOf("|=", "!="), ListOf(Gen.Select(Text, Gen.Bool, (t, ip) => new LineFilterOperand(t, ip)), 1, 3),
            (o, t) => (Stage)new LineFilter(o, t)),
        Gen.Select(Gen.OneOf("|~", "!~", "|>", "!>"), ListOf(Pattern.Select(t => new LineFilterOperand(t, false)), 1, 3),
            (o, t) => (Stage)new LineFilter(o, t)),
        Pattern.Select(p => (Stage)new RegexpStage(p)),
        Text.Select(p => (Stage)new PatternStage(p)),
        Gen.OneOf<Stage>(Gen.Const<Stage>(new UnpackStage()), Gen.Const<Stage>(new DecolorizeStage())),
        ListOf(Gen.OneOf<LabelFormat>(Gen.Select(Name, Name, (n, v) => new LabelFormat(n, v, true)),
            Gen.Select(Name, Text, (n, v) => new LabelFormat(n, v, false))), 1, 3)
            .Select(f => (Stage)new LabelFormatStage(f)),
        Extractions.Select(e => (Stage)new JsonStage(e)),
        Gen.Select(Gen.Bool, Gen.Bool, Extractions, (s, k, e) => (Stage)new LogfmtStage(s, k, e)),
        Filter.Select(f => (Stage)new LabelFilterStage(f)),
        Text.Select(t => (Stage)new LineFormatStage(t)),
        Names.Select(n => (Stage)new DropStage(n)),
        Names.Select(n => (Stage)new KeepStage(n)));

    // Every selector has one matcher that excludes something.
    private static readonly Gen<LogExpression> Log = Gen.Select(
        ListOf(AnyMatcher, 0, 3), ListOf(AnyStage, 0, 4).Where(IsUnambiguous),
        (m, s) => new LogExpression(new([.. m, new Matcher("z", MatchOperator.Equal, "1")]), s));

    private static readonly Gen<Grouping> AnyGrouping = Gen.Select(Gen.Bool, ListOf(Name, 0, 3), (w, l) => new Grouping(w, l));

    private static readonly Gen<MetricExpression> Counting = Gen.Select(
        Gen.OneOf("count_over_time", "rate", "bytes_over_time", "bytes_rate"), Log, Milliseconds, Gen.OneOf<long>(Gen.Const(0L),
            Nanoseconds),
        (f, l, i, o) => (MetricExpression)new RangeAggregation(f, new(l, i, o, null), null, null));

    private static readonly Gen<Unwrap> AnyUnwrap = Gen.Select(Name, Gen.OneOf("", "bytes", "duration", "duration_seconds"),
        ListOf(Filter, 0, 2), (n, c, f) => new Unwrap(n, c, f));

    private static readonly Gen<MetricExpression> Unwrapping = Gen.Select(
        Gen.OneOf("sum_over_time", "avg_over_time", "max_over_time", "quantile_over_time", "rate"), Log, Milliseconds, AnyUnwrap,
        Gen.Bool.SelectMany(b => b ? AnyGrouping.Select(g => (Grouping?)g) : Gen.Const((Grouping?)null)),
        (f, l, i, u, g) => (MetricExpression)new RangeAggregation(f, new(l, i, 0, u), f == "quantile_over_time" ? 0.5 : null,
            f is "sum_over_time" or "rate" ? null : g));

    private static readonly Gen<MetricExpression> Metric = Gen.Recursive<MetricExpression>((depth, metric) =>
    {
        var leaf = Gen.OneOf<MetricExpression>(Counting, Unwrapping, Number.Select(n => (MetricExpression)new NumberLiteral(n)),
            Number.Select(n => (MetricExpression)new VectorLiteral(n)));
        if (depth > 3)
            return leaf;
        var aggregation = Gen.Select(Gen.OneOf("sum", "min", "max", "avg", "count"), metric, AnyGrouping,
            (f, o, g) => (MetricExpression)new VectorAggregation(f, o, null, g));
        var pick = Gen.Select(Gen.OneOf("topk", "bottomk"), Gen.Int[1, 9], metric,
            (f, k, o) => (MetricExpression)new VectorAggregation(f, o, k, null));
        var matching = Gen.Bool.SelectMany(b => b ? Gen.Select(
            Gen.Bool, ListOf(Name, 0, 2), Gen.Enum<MatchCardinality>(), ListOf(Name, 0, 2),
            (on, l, c, i) => (VectorMatching?)new VectorMatching(on, l, c, c == MatchCardinality.OneToOne ? null : i))
            : Gen.Const((VectorMatching?)null));
        var binary = Gen.Select(Gen.OneOf("+", "-", "*", "/", "%", "^", "==", "!=", ">", ">=", "<", "<="), metric, metric,
            Gen.Bool, matching,
            (o, l, r, b, m) => (MetricExpression)new BinaryOperation(o, l, r, b && o is ("==" or "!=" or ">"), m));
        var set = Gen.Select(Gen.OneOf("and", "or", "unless"), metric, metric, matching,
            (o, l, r, m) => (MetricExpression)new BinaryOperation(o, Vector(l), Vector(r), false, m));
        var replace = Gen.Select(metric, Name, Text, Name, Pattern, (m, d, r, f, p) => (MetricExpression)new LabelReplace(m, d, r, f, p));
        return Gen.Frequency<MetricExpression>((3, leaf), (2, aggregation), (1, pick), (2, binary), (1, set), (1, replace));
    });

    // Sizes are printed with two digits, as Loki does, and "not a or b" as two filters: what is read back prints the same, but need not be
    // equal.
    [Fact]
    public void A_query_that_is_printed_is_read_back_as_it_was() =>
        Gen.OneOf<LogQlExpression>(Log.Select(l => (LogQlExpression)l), Metric.Select(m => (LogQlExpression)m)).Sample(
        expression =>
        {
            // Twice, since 999.9TB is printed as 1000TB and that as 1.0PB.
            var text = LogQlPrinter.Print(LogQlParser.Parse(LogQlPrinter.Print(expression)));
            var again = LogQlPrinter.Print(LogQlParser.Parse(text));
            return again == text ? true : throw new InvalidOperationException($"{text}\n{again}");
        },
        iter: 3000);

    [Fact]
    public void Any_text_is_read_or_refused_with_a_reason()
    {
        var token = Gen.OneOf(
            "{", "}", "(", ")", "[5m]", "[", "]", ",", "=", "!=", "=~", "|", "|=", "|~", "a", "\"b\"", "`c`", "1", "1.5", "5m", "5KB", "-",
            "+", "^", "and", "or", "by", "on", "bool",
            "json", "logfmt", "unwrap", "rate", "sum", "topk", "count_over_time", "vector", "offset", "drop", "line_format", "--strict",
            "ip", "#", "\n", " ", "\"", "\\", "\u0000", "{a=\"b\"}");
        Gen.OneOf<string>(Gen.String[0, 60], token.Array[0, 25].Select(string.Concat)).Sample(
            text =>
            {
                try
                {
                    LogQlParser.Parse(text);
                }
                catch (LogQlException exception)
                {
                    Assert.NotEmpty(exception.Message);
                }
            },
            iter: 20_000);
    }

    private static Gen<NodeList<T>> ListOf<T>(Gen<T> item, int least,
        int most) => item.List[least, most].Select(list => new NodeList<T>(list));

    // "drop a" before != "b" reads as: drop a where it is not b.
    private static bool IsUnambiguous(NodeList<Stage> stages) => !stages.Zip(stages.Skip(1)).Any(pair =>
        pair is
        {
            First: DropStage { Labels: [.., { Matcher: null }] } or KeepStage { Labels: [.., { Matcher: null }] },
            Second: LineFilter { Operator: "!=" or "!~" }
        });

    // A set operation takes no bare number.
    private static MetricExpression Vector(MetricExpression expression) =>
        expression is NumberLiteral literal ? new VectorLiteral(literal.Value) : expression;

    // A text that UTF-8 can carry.
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
