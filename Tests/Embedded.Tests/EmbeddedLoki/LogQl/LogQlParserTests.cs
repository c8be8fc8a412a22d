using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.LogQl;

namespace Observability.Embedded.Tests.EmbeddedLoki.LogQl;

public sealed class LogQlParserTests
{
    [Theory]
    // Selectors and line filters.
    [InlineData("""{ a = "b" , c!="d",e=~"f.*", g!~`h\d` }""", """{a="b", c!="d", e=~"f.*", g!~"h\\d"}""")]
    [InlineData("""({a="b"})""", """{a="b"}""")]
    [InlineData("{a=\"b\"} # a comment\n|= `x`", """{a="b"} |= "x" """)]
    [InlineData("""{a="b"}|="x"or"y"!="z"|~"[0-9]+"!~"q" """, """{a="b"} |= "x" or "y" != "z" |~ "[0-9]+" !~ "q" """)]
    // Names that are functions elsewhere.
    [InlineData("""{count="1", duration="2"} | rate > 3""", """{count="1", duration="2"} | rate>3""")]
    // Stages.
    [InlineData("""{a="b"}|json|logfmt --strict --keep-empty""", """{a="b"} | json | logfmt --strict --keep-empty""")]
    [InlineData("""{a="b"}|json x="y.z[0]",q|logfmt m,n="o" """, """{a="b"} | json x="y.z[0]",q="q" | logfmt m="m",n="o" """)]
    [InlineData("""{a="b"}|line_format "{{.x}}"|drop x,y="z"|keep q""", """{a="b"} | line_format "{{.x}}" | drop x,y="z" | keep q""")]
    // Label filters: "and" binds tighter than "or"; a comma and a space are "and"; one equals sign is two.
    [InlineData("""{a="b"}|x="1" or y="2" and z="3" """, """{a="b"} | ( x="1" or ( y="2" , z="3" ) )""")]
    [InlineData("""{a="b"}|(x="1" or y="2") z="3",q=~"4" """, """{a="b"} | ( ( ( x="1" or y="2" ) , z="3" ) , q=~"4" )""")]
    [InlineData("""{a="b"}|x>=1.5|y=-2|z!=1h30m|q<5KiB|r==250ms""", """{a="b"} | x>=1.5 | y==-2 | z!=1h30m0s | q<5.1kB | r==250ms""")]
    [InlineData("""{a="b"}|regexp "(?P<c>d)"|pattern `<e> f`|unpack|decolorize|label_format g=h,i="{{.j}}" """,
        """{a="b"} | regexp "(?P<c>d)" | pattern "<e> f" | unpack | decolorize | label_format g=h,i="{{.j}}" """)]
    [InlineData("""{a="b"}|>"<_> c"!>"d" or "e"|=ip("10.0.0.0/8") or "f"|g!=ip("::1")""",
        """{a="b"} |> "<_> c" !> "d" !> "e" |= ip("10.0.0.0/8") or "f" | g!=ip("::1")""")]
    // Ranges.
    [InlineData("""count_over_time({a="b"}[5m])""", """count_over_time({a="b"}[5m])""")]
    [InlineData("""RATE({a="b"}|="x"[1h30m] offset 90s)""", """rate({a="b"} |= "x"[1h30m] offset 1m30s)""")]
    [InlineData("""rate({a="b"}[1m]|="x")""", """rate({a="b"} |= "x"[1m])""")]
    [InlineData("""rate(({a="b"}|="x")[1m])""", """rate({a="b"} |= "x"[1m])""")]
    [InlineData("""rate((({a="b"}[1m])))""", """rate({a="b"}[1m])""")]
    [InlineData("""sum_over_time({a="b"}|json|unwrap duration(x)|__error__=""[1d])""",
        """sum_over_time({a="b"} | json | unwrap duration(x) | __error__=""[1d])""")]
    [InlineData("""quantile_over_time(0.99,{a="b"}|unwrap x[1m]) by (c)""", """quantile_over_time(0.99,{a="b"} | unwrap x[1m]) by (c)""")]
    // Aggregations.
    [InlineData("""sum(rate({a="b"}[1m]))by(c,d)""", """sum by (c,d)(rate({a="b"}[1m]))""")]
    [InlineData("""sum without()(rate({a="b"}[1m]))""", """sum without ()(rate({a="b"}[1m]))""")]
    [InlineData("""topk(3,sum by(c)(rate({a="b"}[1m])))""", """topk(3,sum by (c)(rate({a="b"}[1m])))""")]
    [InlineData("""label_replace(sum by(c)(rate({a="b"}[1m])),"d","$1","c","(.*)")""",
        """label_replace(sum by (c)(rate({a="b"}[1m])),"d","$1","c","(.*)")""")]
    [InlineData("""stddev(approx_topk(2,rate_counter({a="b"}|unwrap c[1m])))""",
        """stddev(approx_topk(2,rate_counter({a="b"} | unwrap c[1m])))""")]
    // Arithmetic.
    [InlineData("vector(1)*on(a)group_left(b)vector(2)", "(vector(1.000000) * on (a) group_left (b) vector(2.000000))")]
    [InlineData("1+2*3", "(1 + (2 * 3))")]
    [InlineData("(1+2)*3", "((1 + 2) * 3)")]
    [InlineData("2^3^2", "(2 ^ (3 ^ 2))")]
    [InlineData("1-2-3", "((1 - 2) - 3)")]
    [InlineData("-1 - -2", "(-1 - -2)")]
    [InlineData("vector(1)+vector(1) > bool 1", "((vector(1.000000) + vector(1.000000)) > bool 1)")]
    [InlineData("vector(1) or vector(2) and on() vector(3)", "(vector(1.000000) or (vector(2.000000) and on () vector(3.000000)))")]
    [InlineData("vector(1)/ignoring(a,b)vector(2)", "(vector(1.000000) / ignoring (a,b) vector(2.000000))")]
    public void A_query_is_read_as_it_is_meant(string query, string canonical) =>
        Assert.Equal(canonical.Trim(), LogQlPrinter.Print(LogQlParser.Parse(query)).Trim());

    [Theory]
    [InlineData("", "parse error : syntax error: unexpected $end")]
    [InlineData("{", "parse error at line 1, col 2: syntax error: unexpected $end, expecting IDENTIFIER or }")]
    [InlineData("""{a="b" """, "parse error at line 1, col 8: syntax error: unexpected $end, expecting , or }")]
    [InlineData("""{a:"b"}""", "parse error at line 1, col 3: syntax error: unexpected character \":\", expecting != or !~ or = or =~")]
    [InlineData("""{a=b}""", "parse error at line 1, col 4: syntax error: unexpected IDENTIFIER, expecting STRING")]
    [InlineData("{a=\"b\"}\n  foo", "parse error at line 2, col 3: syntax error: unexpected IDENTIFIER")]
    [InlineData("""{a="b} """, "parse error at line 1, col 4: literal not terminated")]
    [InlineData("""{a="\q"}""", "parse error at line 1, col 4: invalid char escape")]
    [InlineData("""{}""",
        "parse error : queries require at least one regexp or equality matcher that does not have an empty-compatible value. For "
            + "instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will")]
    [InlineData("""{a=~".*", b!="c"}""",
        "parse error : queries require at least one regexp or equality matcher that does not have an empty-compatible value. For "
            + "instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will")]
    [InlineData("""rate({a="b"}[5x])""", "parse error at line 1, col 13: not a valid duration string: \"5x\"")]
    [InlineData("""rate({a="b"}[5m)""", "parse error at line 1, col 13: missing closing ']' in duration")]
    [InlineData("""sum_over_time({a="b"}[5m])""", "parse error : invalid aggregation sum_over_time without unwrap")]
    [InlineData("""count_over_time({a="b"}|unwrap x[5m])""", "parse error : invalid aggregation count_over_time with unwrap")]
    [InlineData("""sum_over_time({a="b"}|unwrap x[5m]) by (c)""", "parse error : grouping not allowed for sum_over_time aggregation")]
    [InlineData("""quantile_over_time({a="b"}|unwrap x[5m])""", "parse error : parameter required for operation quantile_over_time")]
    [InlineData("""topk(rate({a="b"}[5m]))""", "parse error : parameter required for operation topk")]
    [InlineData("""sum(2,rate({a="b"}[5m]))""", "parse error : unsupported parameter for operation sum(2,")]
    [InlineData("""topk(0,rate({a="b"}[5m]))""", "parse error : invalid parameter (must be greater than 0) topk(0")]
    [InlineData("""1 or vector(1)""", "parse error : unexpected literal for left leg of logical/set binary operation (or): 1.000000")]
    [InlineData("""sum(rate({a="b"}[5m])) + -avg(rate({a="b"}[5m]))""",
        "parse error at line 1, col 27: syntax error: unexpected AVG, expecting NUMBER")]
    [InlineData("""approx_topk(2, rate({a="b"}[5m])) by (c)""", "parse error : grouping not allowed for approx_topk aggregation")]
    [InlineData("""{a="b"} | c=~"[" """, "parse error : error parsing regexp: missing closing ]: `[`")]
    [InlineData("""sort(rate({a="b"}[5m])) by (c)""", "parse error : sort and sort_desc doesn't allow grouping by ")]
    [InlineData("""label_replace(rate({a="b"}[1m]), "x", "y", "z", "(")""",
        "parse error : invalid regex in label_replace: error parsing regexp: missing closing ): `(`")]
    // What the store lacks is named, with its place.
    [InlineData("""variants(rate({a="b"}[5m])) of ({a="b"}[5m])""",
        "parse error at line 1, col 1: `variants` is not supported by the embedded store")]
    public void A_query_that_cannot_be_answered_is_refused_at_its_place(string query, string error) =>
        Assert.Equal(error, Assert.Throws<LogQlException>(() => LogQlParser.Parse(query)).Message);

    [Fact]
    public void Depth_is_bounded_rather_than_the_stack_exhausted()
    {
        Assert.Contains("nested parentheses", Assert.Throws<LogQlException>(() => LogQlParser.Parse(new string('(', 100_000))).Message,
            StringComparison.Ordinal);
        Assert.Contains("at most 1000 operations", Assert.Throws<LogQlException>(
            () => LogQlParser.Parse(string.Join('+', Enumerable.Repeat("1", 60_000)))).Message, StringComparison.Ordinal);
        Assert.StartsWith("parse error : input size too long",
            Assert.Throws<LogQlException>(() => LogQlParser.Parse(new string('1', 200_000))).Message, StringComparison.Ordinal);
        LogQlParser.Parse(new string('(', 50) + "1" + new string(')', 50));
    }
}
