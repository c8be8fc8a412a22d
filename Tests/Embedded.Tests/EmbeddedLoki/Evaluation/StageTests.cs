using System.Text.Json;
using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.EmbeddedLoki.Evaluation;

/// <summary>What stages and functions of LogQL make of lines that people have; the right answers are Loki's (v3.7.6).</summary>
public sealed class StageTests : IAsyncLifetime
{
    private const long Second = 1_000_000_000;
    private readonly long _now = Now;
    private LokiFixture _loki = null!;

    public async ValueTask InitializeAsync()
    {
        _loki = await StartAsync();
        var clash = Stream("""{app="clash", zone="north"}""");
        clash.Entries.Add(Entry(_now, """{"zone":"east","pod":"p2","fresh":"yes"}""", ("zone", "south"), ("pod", "p1")));
        using var pushed = await _loki.PushAsync(
            clash,
            Stream("""{app="web"}""",
                (_now - (30 * Second), """10.1.2.3 - ann [01/Jan/2026:00:00:00] "GET /a?b=1 HTTP/1.1" 200 512"""),
                (_now - (20 * Second), """10.9.0.1 - - [01/Jan/2026:00:00:01] "POST /b HTTP/2" 503 17"""),
                (_now - (10 * Second), """2001:db8::7 - bob [01/Jan/2026:00:00:02] "GET /c HTTP/1.1" 404 0"""),
                (_now, "\u001B[31mred\u001B[0m text")),
            Stream("""{app="num"}""",
                (_now - (40 * Second), "v=1 d=1.11s s=1,500B e= h=0x1p4"),
                (_now - (30 * Second), "v=3 d=250ms s=2KiB h=0x1p-1"),
                (_now - (20 * Second), "v=2 d=-1s s=3kb h=NaN"),
                (_now - (10 * Second), "v=6 d=5 s=big h=+Inf")),
            Stream("""{app="pack"}""", (_now - Second, """{"_entry":"the line","pod":"x-1","n":5}"""), (_now, """{"pod":"y"}""")),
            Stream("""{app="odd"}""", (_now, """a=1 b="x=y" c="unended"""), (_now - Second, "k=v =w \"q\" z=1")));
    }

    public ValueTask DisposeAsync() => _loki.DisposeAsync();

    [Theory]
    // The stream's label wins over metadata, metadata over what a parser finds.
    [InlineData("""{app="clash"} | zone="north" """, 1)]
    [InlineData("""{app="clash"} | zone="south" """, 0)]
    [InlineData("""{app="clash"} | zone_extracted="south" """, 1)]
    [InlineData("""{app="clash"} | json | pod="p1" | pod_extracted="p2" | fresh="yes" """, 1)]
    // ip() in lines and labels.
    [InlineData("""{app="web"} |= ip("10.1.0.0/16")""", 1)]
    [InlineData("""{app="web"} |= ip("10.1.0.0-10.9.0.0")""", 1)]
    [InlineData("""{app="web"} |= ip("2001:db8::/32")""", 1)]
    [InlineData("""{app="web"} != ip("10.0.0.0/8")""", 2)]
    [InlineData("""{app="web"} |= ip("10.1.2.3") or "POST" """, 2)]
    [InlineData("""{app="web"} | pattern `<client> <_>` | client=ip("10.9.0.1")""", 1)]
    [InlineData("""{app="web"} | pattern `<client> <_>` | client!=ip("10.0.0.0/8")""", 2)]
    // Patterns as filters: the whole line, and no capture is empty.
    [InlineData("""{app="web"} |> `<_> "GET <_>` """, 2)]
    [InlineData("""{app="web"} !> `<_> "GET <_>` """, 2)]
    [InlineData("""{app="web"} |> `<_>GET` """, 0)]
    // regexp and pattern.
    [InlineData("""{app="web"} | regexp `" (?P<code>\d{3}) (?P<size>\d+)$` | code>=404""", 2)]
    [InlineData(
        """{app="web"} | pattern `<ip> - <user> [<_>] "<verb> <uri> <_>" <status> <size>` | user="bob" | status="404" | size="0" """, 1)]
    [InlineData("""{app="web"} | pattern `<_> "<verb> <path> <_>` | path=~"/a.*" """, 1)]
    // decolorize, unpack.
    [InlineData("""{app="web"} | decolorize |= "red text" """, 1)]
    [InlineData("""{app="pack"} | unpack | pod="x-1" |= "the line" """, 1)]
    [InlineData("""{app="pack"} | unpack | pod="y" """, 0)]
    // Numbers as Go reads them.
    [InlineData("""{app="num"} | logfmt | s>1KB | __error__="" """, 3)]
    [InlineData("""{app="num"} | logfmt | d>1s | __error__="" """, 1)]
    [InlineData("""{app="num"} | logfmt | h>=16""", 2)]
    [InlineData("""{app="num"} | logfmt | s>1KB | __error_details__="strconv.ParseFloat: parsing \"\": invalid syntax" """, 1)]
    [InlineData("""{app="num"} | logfmt | d>1s | __error_details__="time: missing unit in duration \"5\"" """, 1)]
    // Empty values are values when they are asked for.
    [InlineData("""{app="num"} | logfmt --keep-empty | e="" | v="1" """, 1)]
    // Malformed logfmt: what can be read is, unless it has to be strict.
    [InlineData("""{app="odd"} | logfmt | a="1" | b="x=y" """, 1)]
    [InlineData("""{app="odd"} | logfmt | k="v" | z="1" """, 1)]
    [InlineData("""{app="odd"} | logfmt --strict | __error__="LogfmtParserErr" """, 2)]
    [InlineData("""{app="odd"} | logfmt --strict | __error_details__="logfmt syntax error at pos 5 : unexpected '='" """, 1)]
    // An "and" looks at both sides.
    [InlineData("""{app="num"} | logfmt | v=1 and s>1KB""", 1)]
    public async Task A_stage_keeps_the_right_lines(string query, int count) => Assert.Equal(count, (await _loki.LinesAsync(query)).Length);

    [Theory]
    [InlineData("""{app="clash"} | json | label_format both="{{.pod}}-{{.fresh}}", moved=fresh | keep moved, both, fresh""",
        "{both=p1-yes,moved=yes}")]
    [InlineData("""{app="clash"} | label_format app="x" | keep app""", "{app=x}")]
    [InlineData("""{app="clash"} | drop zone, pod=~"p.", detected_level, zone_extracted""", "{app=clash,service_name=clash}")]
    [InlineData("""{app="num"} |= "v=1" | logfmt --keep-empty | keep e, v""", "{e=,v=1}")]
    public async Task Labels_are_changed(string query, string labels) =>
        Assert.Equal(labels, LabelsOf(Assert.Single((await _loki.QueryAsync(query)).EnumerateArray()).GetProperty("stream")));

    [Theory]
    // A filter behind unwrap sees the label that became the value; the series do not.
    [InlineData("""sum_over_time({app="num"} | logfmt | keep v | unwrap v | v > 1 [1m])""", "{} 11")]
    [InlineData("""sum(sum_over_time({app="num"} | logfmt | unwrap duration(d) | __error__="" [1m]))""", "{} 0.3600000000000001")]
    [InlineData("""max_over_time({app="num"} | logfmt | unwrap bytes(s) | __error__="" [1m]) by ()""", "{} 3000")]
    [InlineData("""max_over_time({app="num"} | logfmt | unwrap h [1m]) by ()""", "{} +Inf")]
    [InlineData("""stdvar_over_time({app="num"} | logfmt | unwrap v [1m]) by ()""", "{} 3.5")]
    [InlineData("""stddev_over_time({app="num"} | logfmt | unwrap v | v < 4 [1m]) by ()""", "{} 0.816496580927726")]
    [InlineData("""sum by (zone) (count_over_time({app="clash"}[1m]))""", "{zone=north} 1")]
    // What is not there.
    [InlineData("""absent_over_time({app="none", env=~"p.*"}[1m])""", "{app=none} 1")]
    [InlineData("""absent_over_time({app="num"}[1m])""")]
    // Over series.
    [InlineData("""stdvar(sum by (app) (count_over_time({app=~"num|odd"}[1m])))""", "{} 1")]
    [InlineData("""stddev(sum by (app) (count_over_time({app=~"num|odd"}[1m])))""", "{} 1")]
    [InlineData("""sort_desc(sum by (app) (count_over_time({app=~"num|odd|clash"}[1m]))) + 1""", "{app=num} 5", "{app=odd} 3",
        "{app=clash} 2")]
    [InlineData("""sort(sum by (app) (count_over_time({app=~"num|odd|clash"}[1m]))) * -1""", "{app=clash} -1", "{app=odd} -2",
        "{app=num} -4")]
    [InlineData("""label_replace(sum by (app) (count_over_time({app=~"num|odd"}[1m])), "first", "${l}$1!", "app", "(?P<l>n)(.*)")""",
        "{app=num,first=nn!} 4", "{app=odd} 2")]
    // Many series to one.
    [InlineData(
        """sum by (app, service_name) (count_over_time({app=~"num|odd"}[1m])) / on (app) group_left sum by (app) (count_over_time({app=~"num|odd"}[1m]))""", "{app=num,service_name=num} 1", "{app=odd,service_name=odd} 1")]
    [InlineData("""sum by (app, i) (count_over_time({app="num"}[1m])) * on () group_left (x) label_replace(vector(2), "x", "y", "", "")""",
        "{app=num,x=y} 8")]
    [InlineData("""vector(10) - on () group_right sum by (app) (count_over_time({app="odd"}[1m]))""", "{app=odd} 8")]
    public async Task A_metric_query_has_the_value_computed_by_hand(string query,
        params string[] series) => Assert.Equal(series, await _loki.InstantAsync(query, _now));

    [Theory]
    [InlineData("""{app="web"} | pattern "<a><b>" """,
        """parse error : stage '| pattern "<a><b>"' : found consecutive capture '<a><b>': invalid expression""")]
    [InlineData("""{app="web"} | pattern "a" """, """parse error : stage '| pattern "a"' : at least one capture is required""")]
    [InlineData("""{app="web"} |> "<a> b" """, """parse error : stage '|> "<a> b"' : named captures are not allowed: found '<a>'""")]
    [InlineData("""{app="web"} | regexp "a" """, """parse error : stage '| regexp "a"' : at least one named capture must be supplied""")]
    [InlineData("""{app="web"} |~ "[" """, """parse error : stage '|~ "["' : error parsing regexp: missing closing ]: `[`""")]
    [InlineData("""{app="web"} |= ip("10") """, """parse error : stage '|= ip("10")' : ip: invalid pattern: "10" """)]
    [InlineData("""{app="web"} | label_format a=b, a=c""",
        "parse error : stage '| label_format a=b,a=c' : multiple label name 'a' not allowed in a single format operation")]
    [InlineData("""{app="web"} | line_format "{{.x" """,
        """parse error : stage '| line_format "{{.x"' : invalid line template: template: line:1: unclosed action""")]
    public async Task A_stage_that_cannot_be_made_is_named_with_the_reason(string query, string error) =>
        Assert.Equal((400, error.Trim()), await _loki.GetAsync("/loki/api/v1/query_range", ("query", query)));

    [Theory]
    [InlineData("""approx_topk(1, sum by (app) (count_over_time({app="num"}[1m])))""", 500,
        "approx_topk is not enabled. See -limits.shard_aggregations")]
    [InlineData("""sum by (app) (count_over_time({app="web"}[1m])) + on () count_over_time({app=~"web|num"}[1m])""", 400,
        "found duplicate series on the right hand-side;many-to-many matching not allowed: matching labels must be unique on one side")]
    [InlineData("""count_over_time({app=~"web|num"}[1m]) + on () vector(1)""", 400,
        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")]
    public async Task A_metric_query_that_has_no_answer_says_why(string query, int status, string error) =>
        Assert.Equal((status, error), await _loki.GetAsync("/loki/api/v1/query", ("query", query), ("time", Text(_now))));

    [Fact]
    public async Task A_rate_of_a_counter_survives_a_reset()
    {
        var at = _now;
        using var pushed = await _loki.PushAsync(Stream("""{app="count"}""", (at - (30 * Second), "c=10"), (at - (20 * Second), "c=20"),
            (at - (10 * Second), "c=5"), (at, "c=15")));
        // It rose by 10, 5 and 10; extrapolation adds next to nothing.
        var text = Assert.Single(await _loki.InstantAsync("""rate_counter({app="count"} | logfmt | unwrap c [50s])""", at));
        Assert.Equal(0.5, double.Parse(text.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture), 4);
    }

    [Fact]
    public async Task What_Drilldown_asks_is_answered_from_the_lines()
    {
        var range = new[] { ("start", Text(_now - (60 * Second))), ("end", Text(_now + Second)) };
        var fields = (await _loki.GetJsonAsync("/loki/api/v1/detected_fields",
            [.. range, ("query", """{app=~"clash|num"}""")])).GetProperty("fields");
        Assert.Equal("""{"label":"d","type":"duration","cardinality":4,"parsers":["logfmt"]}""".Replace("duration",
            Field("d").GetProperty("type").GetString()!, StringComparison.Ordinal), Field("d").GetRawText());
        Assert.Equal("""{"label":"fresh","type":"string","cardinality":1,"parsers":["json"],"jsonPath":["fresh"]}""",
            Field("fresh").GetRawText());
        Assert.Equal(JsonValueKind.Null, Field("detected_level").GetProperty("parsers").ValueKind);

        var values = await _loki.GetJsonAsync("/loki/api/v1/detected_field/v/values", [.. range, ("query", """{app="num"}""")]);
        Assert.Equal(["1", "2", "3", "6"], values.GetProperty("values").EnumerateArray().Select(v => v.GetString()!));

        var volumes = await _loki.GetJsonAsync("/loki/api/v1/index/volume_range",
            [("start", Text(_now - (50 * Second))), range[1], ("query", """{app="odd"}"""), ("step", "60")]);
        var series = Assert.Single(volumes.GetProperty("data").GetProperty("result").EnumerateArray());
        Assert.Equal("{app=odd}", LabelsOf(series.GetProperty("metric")));
        Assert.Equal("36", Assert.Single(series.GetProperty("values").EnumerateArray())[1].GetString());

        JsonElement Field(string name) => fields.EnumerateArray().Single(f => f.GetProperty("label").GetString() == name);
    }
}
