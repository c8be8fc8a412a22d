using System.Text;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Evaluation;
using Observability.Embedded.EmbeddedLoki.Evaluation.Templates;
using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.Tests.EmbeddedLoki.Evaluation;

/// <summary>Go's text/template, sprig's functions and Loki's, each against a value from their documentation or computed by hand.</summary>
public sealed class TemplateTests
{
    [Theory]
    // Text, actions, white space, comments.
    [InlineData("a {{.app}} b", "a shop b")]
    [InlineData("{{.nope}}", "")]
    [InlineData("a {{- /* gone */ -}} b", "ab")]
    [InlineData("a {{- .app -}} b", "ashopb")]
    [InlineData("{{ `raw \"x\"` }}{{ \"\\t\" }}{{ 'a' }}{{ 1.50 }}{{ true }}{{ 0x10 }}", "raw \"x\"\t971.5true16")]
    // Branches.
    [InlineData("{{if .app}}y{{else}}n{{end}}", "y")]
    [InlineData("{{if .nope}}y{{else if eq .app `shop`}}s{{else}}n{{end}}", "s")]
    [InlineData("{{if and .app (not .nope)}}y{{end}}", "y")]
    [InlineData("{{if or .nope .app}}y{{end}}", "y")]
    [InlineData("{{with .app}}<{{.}}>{{else}}none{{end}}", "<shop>")]
    [InlineData("{{with .nope}}x{{else}}none{{end}}", "none")]
    [InlineData("{{range (fromJson .list)}}[{{.}}]{{else}}none{{end}}", "[1][b]")]
    [InlineData("{{range (fromJson .list)}}{{$.app}}{{end}}", "shopshop")]
    [InlineData("{{$x := .app}}{{$x}}{{$x = `y`}}{{$x}}", "shopy")]
    [InlineData("{{ (fromJson .object).a.b }}{{ (fromJson .object).z }}", "1.5<no value>")]
    // Comparison.
    [InlineData("{{eq .app `x` `shop`}} {{ne .app `x`}} {{lt 1 2}} {{ge 2.5 2.5}} {{gt `b` `a`}}", "true true true true true")]
    // Strings.
    [InlineData("{{ .app | upper | lower | title }}", "Shop")]
    [InlineData("{{ contains `ho` .app }}{{ hasPrefix `sh` .app }}{{ hasSuffix `sh` .app }}", "truetruefalse")]
    [InlineData("{{ .app | replace `s` `c` }}{{ Replace .app `o` `0` -1 }}", "chopsh0p")]
    [InlineData("{{ substr 1 3 .app }}|{{ substr -1 2 .app }}|{{ substr 2 -1 .app }}|{{ trunc 2 .app }}|{{ trunc -2 .app }}",
        "ho|sh|op|sh|op")]
    [InlineData(
        "{{ trim `  x ` }}|{{ trimAll `$` `$5$` }}|{{ trimPrefix `s` .app }}|{{ trimSuffix `p` .app }}|{{ Trim `--a-` `-` }}|{{ "
            + "TrimPrefix .app `sh` }}", "x|5|hop|sho|a|op")]
    [InlineData("{{ regexReplaceAll `(\\w)(\\w)` .app `${2}${1}` }}|{{ regexReplaceAllLiteral `o` .app `$1` }}|{{ count `[ho]` .app }}",
        "hspo|sh$1p|2")]
    [InlineData("{{ alignLeft 6 .app }}|{{ alignRight 6 .app }}|{{ alignLeft 2 .app }}|{{ alignRight 2 .app }}", "shop  |  shop|sh|op")]
    [InlineData("{{ repeat 2 .app }}{{ indent 2 `x` }}{{ nindent 1 `y` }}", "shopshop  x\n y")]
    [InlineData("{{ b64enc .app }} {{ b64dec `c2hvcA==` }} {{ urlencode `a b&c` }} {{ urldecode `a+b%26c` }}",
        "c2hvcA== shop a+b%26c a b&c")]
    [InlineData("{{ default `d` .nope }}{{ default `d` .app }}{{ .nope | default `e` }}", "dshope")]
    [InlineData("{{ len .app }}{{ index (fromJson .list) 1 }}", "4b")]
    [InlineData("{{ printf `%s=%d %05.2f %q %v %x %-3s|%3d` .app 7 1.5 `q` true 255 `a` 5 }}", "shop=7 01.50 \"q\" true ff a  |  5")]
    [InlineData("{{ print 1 `a` }} {{ printf `%d` `x` }}", "1a %!d(string=x)")]
    // Numbers.
    [InlineData("{{ add 1 2 3 }} {{ sub 5 2 }} {{ mul 2 3 }} {{ div 7 2 }} {{ mod 7 2 }} {{ max 1 3 2 }} {{ min 2 1 }}", "6 3 6 3 1 3 1")]
    [InlineData("{{ addf 0.1 0.2 }} {{ subf 1.5 1 }} {{ mulf 1.5 2 }} {{ divf 3 2 }} {{ maxf 1 2.5 }} {{ minf 1 2.5 }}",
        "0.3 0.5 3 1.5 2.5 1")]
    [InlineData("{{ ceil 1.2 }} {{ floor 1.8 }} {{ round 2.345 2 }} {{ int `12` }} {{ float64 `1.5` }} {{ int `x` }}", "2 1 2.35 12 1.5 0")]
    [InlineData("{{ .num | float64 | mulf 2 }} {{ add .num 1 }}", "84 43")]
    [InlineData("{{ duration `1m30s` }} {{ duration_seconds `250ms` }} {{ bytes `2KB` }} {{ mulf 1e21 1 }}", "90 0.25 2000 1e+21")]
    // The line and its time: 2023-11-14T22:13:20.123456789Z.
    [InlineData("{{ __line__ }}", "the line")]
    [InlineData("{{ __timestamp__ | unixEpoch }} {{ __timestamp__ | unixEpochMillis }} {{ __timestamp__ | unixEpochNanos }}",
        "1700000000 1700000000123 1700000000123456789")]
    [InlineData("{{ __timestamp__ | date `2006-01-02T15:04:05.000Z07:00` }} {{ date `Jan _2 3:04PM` __timestamp__ }}",
        "2023-11-14T22:13:20.123Z Nov 14 10:13PM")]
    [InlineData("{{ `1700000000` | unixToTime | date `2006-01-02` }} {{ toDate `2006-01-02` `2023-11-14` | unixEpoch }}",
        "2023-11-14 1699920000")]
    public void A_template_renders_as_in_Go(string template,
        string expected) => Assert.Equal(expected, GoTemplate.Parse("line", template).Render(ALine()));

    [Theory]
    [InlineData("{{.x", "template: line:1: unclosed action")]
    [InlineData("{{nope .x}}", "template: line:1: function \"nope\" not defined")]
    [InlineData("{{if .x}}", "template: line:1: unexpected EOF")]
    [InlineData("{{end}}", "template: line:1: unexpected {{end}}")]
    [InlineData("{{}}", "template: line:1: missing value for command")]
    [InlineData("{{$y}}", "template: line:1: undefined variable \"$y\"")]
    [InlineData("{{ `x }}", "template: line:1: unterminated quoted string")]
    [InlineData("a\n{{ lower }}", "template: line:2: wrong number of args for lower: want 1 got 0")]
    public void A_malformed_template_is_refused(string template, string error) =>
        Assert.Equal(error, Assert.Throws<FormatException>(() => GoTemplate.Parse("line", template)).Message);

    [Theory]
    [InlineData("{{ eq 1 `a` }}", "incompatible types for comparison")]
    [InlineData("{{ duration `x` }}", "error calling duration: time: invalid duration \"x\"")]
    [InlineData("{{ div 1 0 }}", "runtime error: integer divide by zero")]
    [InlineData("{{ regexReplaceAll `[` .app `` }}", "error parsing regexp: missing closing ]: `[`")]
    public void A_template_that_does_not_fit_a_line_says_why(string template, string error) =>
        Assert.Equal(error, Assert.Throws<TemplateException>(() => GoTemplate.Parse("line", template).Render(ALine())).Message);

    [Theory]
    [InlineData("{{ repeat 10000000 .app }}")]
    [InlineData("{{ alignLeft 100000000 .app }}")]
    [InlineData("{{ printf `%2000000000d` 1 }}")]
    public void A_template_that_would_fill_the_memory_ends_the_query(string template) =>
        Assert.Contains("the limit of the embedded store", Assert.Throws<LogQlException>(
            () => GoTemplate.Parse("line", template).Render(ALine())).Message, StringComparison.Ordinal);

    private static Line ALine()
    {
        var line = new Line(LabelSet.From(
            [new("app", "shop"), new("num", "42"), new("list", """[1,"b"]"""), new("object", """{"a":{"b":1.5}}""")]), ParserHints.All);
        line.Reset(1_700_000_000_123_456_789, Encoding.UTF8.GetBytes("the line"), ReadOnlyMemory<byte>.Empty);
        return line;
    }
}
