using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.EmbeddedLoki.Evaluation;

/// <summary>Each function and stage against values computed by hand.</summary>
public sealed class EvaluationTests : IAsyncLifetime
{
    private const long Second = 1_000_000_000;
    private readonly long _now = Now;
    private LokiFixture _loki = null!;

    public async ValueTask InitializeAsync()
    {
        _loki = await StartAsync();
        // Ten seconds apart, the last one at the time of the query.
        using var pushed = await _loki.PushAsync(
            Stream("""{s="json", level="info"}""",
                (_now - (30 * Second),
                    """{"status":500,"took":"1.5s","size":"2KB","user":{"name":"ann"},"tags":["x","y"],"ok":true,"s":"mine"}"""),
                (_now - (20 * Second), """{"status":200,"took":"500ms","size":"1KB","user":{"name":"bob"},"tags":["z"]}"""),
                (_now - (10 * Second), """{"status":404,"took":"1s","size":"3KB","user":{"name":"ann"}}"""),
                (_now, "not json")),
            Stream("""{s="fmt"}""",
                (_now - (20 * Second), """level=error took=3 msg="a \"b\" c" user.name=ann empty="""),
                (_now - (10 * Second), "level=warn took=1 msg=plain"),
                (_now, "level=debug took=5")),
            Stream("""{s="n", i="1"}""", (_now - Second, "12345"), (_now, "123")),
            Stream("""{s="n", i="2"}""", (_now, "1")));
    }

    public ValueTask DisposeAsync() => _loki.DisposeAsync();

    [Theory]
    // Line filters.
    [InlineData("""{s="json"} |= "ann" != "404" """, 1)]
    [InlineData("""{s="json"} |~ "(?i)ANN|BOB" """, 3)]
    [InlineData("""{s="json"} !~ "\\d{3}" """, 1)]
    [InlineData("""{s="json"} |= "404" or "500" """, 3)]
    [InlineData("""{s="json"} != "404" or "500" """, 1)]
    // Parsers and label filters.
    // A label that is missing fulfils no comparison, whether the line could be read or not.
    [InlineData("""{s="json"} | json | status >= 404""", 2)]
    [InlineData("""{s="json"} | json | __error__="" | status >= 404""", 2)]
    [InlineData("""{s="json"} | json | took > 750ms | __error__="" """, 2)]
    [InlineData("""{s="json"} | json | size <= 2KB | __error__="" """, 2)]
    [InlineData("""{s="json"} | json | user_name="ann" and (status=500 or status=404)""", 2)]
    [InlineData("""{s="json"} | json | user_name=~"a.*", status!=500""", 1)]
    [InlineData("""{s="json"} | json | __error__="JSONParserErr" """, 1)]
    [InlineData("""{s="json"} | json first="tags[0]", who="user[\"name\"]" | first="z" | who="bob" """, 1)]
    [InlineData("""{s="json"} | json | s_extracted="mine" """, 1)]
    [InlineData("""{s="json"} | json | ok="true" """, 1)]
    [InlineData("""{s="json"} | detected_level="info" """, 4)]
    [InlineData("""{s="fmt"} | logfmt | took > 2""", 2)]
    [InlineData("""{s="fmt"} | logfmt | msg="a \"b\" c" | user_name="ann" """, 1)]
    [InlineData("""{s="fmt"} | logfmt t="took" | t=1""", 1)]
    [InlineData("""{s="fmt"} | missing > 1""", 0)]
    [InlineData("""{s="fmt"} | missing="" """, 3)]
    [InlineData("""{s="fmt"} | detected_level=~"error|warn" """, 2)]
    public async Task A_pipeline_keeps_the_right_lines(string query,
        int count) => Assert.Equal(count, (await _loki.LinesAsync(query)).Length);

    [Theory]
    [InlineData("""{s="fmt"} | logfmt | line_format "{{.level | upper}}: {{ .took }}{{ .nothing | default \"!\" }}" """, "DEBUG: 5!",
        "ERROR: 3!", "WARN: 1!")]
    [InlineData("""{s="fmt"} |= "debug" | line_format `{{ __line__ | trunc 5 | replace "e" "E" }}` """, "lEvEl")]
    public async Task Line_format_rewrites_the_line(string query,
        params string[] lines) => Assert.Equal(lines, (await _loki.LinesAsync(query)).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("""{s="fmt"} |= "plain" | logfmt | drop msg, level="info", detected_level""",
        "{level=warn,s=fmt,service_name=unknown_service,took=1}")]
    [InlineData("""{s="fmt"} |= "plain" | logfmt | keep s, took="1", level="info" """, "{s=fmt,took=1}")]
    public async Task Drop_and_keep_change_the_labels(string query, string labels) =>
        Assert.Equal(labels, LabelsOf(Assert.Single((await _loki.QueryAsync(query)).EnumerateArray()).GetProperty("stream")));

    [Theory]
    // The range is (t - 25s, t]: the line 30 s ago is out, the one at t is in.
    [InlineData("""sum(count_over_time({s="json"}[25s]))""", "{} 3")]
    [InlineData("""sum(count_over_time({s="json"}[20s]))""", "{} 2")]
    [InlineData("""sum(count_over_time({s="json"}[25s] offset 10s))""", "{} 3")]
    [InlineData("""sum(rate({s="json"}[40s]))""", "{} 0.1")]
    [InlineData("""sum by (i) (bytes_over_time({s="n"}[1m]))""", "{i=1} 8", "{i=2} 1")]
    [InlineData("""sum without (i, service_name, detected_level) (bytes_rate({s="n"}[1m]))""", "{s=n} 0.15")]
    [InlineData("""sum(sum_over_time({s="fmt"} | logfmt | unwrap took [1m]))""", "{} 9")]
    [InlineData("""avg_over_time({s="fmt"} | logfmt | unwrap took [1m]) by (s)""", "{s=fmt} 3")]
    [InlineData("""min_over_time({s="fmt"} | logfmt | unwrap took [1m]) by ()""", "{} 1")]
    [InlineData("""max_over_time({s="fmt"} | logfmt | unwrap took [1m]) by ()""", "{} 5")]
    [InlineData("""first_over_time({s="fmt"} | logfmt | unwrap took [1m]) by ()""", "{} 3")]
    [InlineData("""last_over_time({s="fmt"} | logfmt | unwrap took [1m]) by ()""", "{} 5")]
    [InlineData("""quantile_over_time(0.75, {s="fmt"} | logfmt | unwrap took [1m]) by ()""", "{} 4")]
    [InlineData("""sum(rate({s="fmt"} | logfmt | unwrap took [1m]))""", "{} 0.15")]
    [InlineData("""sum(sum_over_time({s="json"} | json | unwrap duration(took) | __error__="" [1m]))""", "{} 3")]
    [InlineData("""sum(sum_over_time({s="json"} | json | unwrap bytes(size) | __error__="" [1m]))""", "{} 6000")]
    [InlineData("""count(count_over_time({s=~"n|fmt"}[1m]))""", "{} 5")]
    [InlineData("""avg(count_over_time({s="n"}[1m]))""", "{} 1.5")]
    [InlineData("""min(count_over_time({s="n"}[1m]))""", "{} 1")]
    [InlineData("""max(count_over_time({s="n"}[1m]))""", "{} 2")]
    [InlineData("""topk(1, sum by (s) (count_over_time({s=~".+"}[1m])))""", "{s=json} 4")]
    [InlineData("""bottomk(1, sum by (i) (count_over_time({s="n"}[1m])))""", "{i=2} 1")]
    [InlineData("""sort_desc(sum by (i) (bytes_over_time({s="n"}[1m])))""", "{i=1} 8", "{i=2} 1")]
    [InlineData("""sort(sum by (i) (bytes_over_time({s="n"}[1m])))""", "{i=2} 1", "{i=1} 8")]
    // Arithmetic and comparison.
    [InlineData("1 + 2 * 3 ^ 2 % 5", "4")]
    [InlineData("2 > 1", "1")]
    [InlineData("1 / 0", "NaN")]
    [InlineData("1e21 * 10", "10000000000000000000000")]
    [InlineData("1 / 10000000", "0.0000001")]
    [InlineData("vector(1)+vector(1)", "{} 2")]
    [InlineData("""sum by (i) (bytes_over_time({s="n"}[1m])) * 2 > 2""", "{i=1} 16")]
    [InlineData("""sum by (i) (bytes_over_time({s="n"}[1m])) > bool 2""", "{i=1} 1", "{i=2} 0")]
    [InlineData("""2 < sum by (i) (bytes_over_time({s="n"}[1m]))""", "{i=1} 8")]
    [InlineData("""sum by (i) (bytes_over_time({s="n"}[1m])) / sum by (i) (count_over_time({s="n"}[1m]))""", "{i=1} 4", "{i=2} 1")]
    [InlineData("""sum by (i, s) (bytes_over_time({s="n", i="1"}[1m])) / on (s) sum by (s) (count_over_time({s="n"}[1m]))""",
        "{s=n} 2.6666666666666665")]
    [InlineData("""sum by (i) (count_over_time({s="n"}[1m])) and sum by (i) (count_over_time({i="2"}[1m]))""", "{i=2} 1")]
    [InlineData("""sum by (i) (count_over_time({s="n"}[1m])) unless sum by (i) (count_over_time({i="2"}[1m]))""", "{i=1} 2")]
    [InlineData("""sum by (i) (count_over_time({i="2"}[1m])) or vector(0)""", "{} 0", "{i=2} 1")]
    public async Task A_metric_query_has_the_value_computed_by_hand(string query,
        params string[] series) => Assert.Equal(series, await _loki.InstantAsync(query, _now));

    [Fact]
    public async Task A_range_query_slides_its_window()
    {
        var matrix = await _loki.QueryAsync(
            """sum(count_over_time({s="json"}[15s]))""", ("start", Text(_now - (40 * Second))), ("end", Text(_now + (20 * Second))),
            ("step", "10"));
        var points = Assert.Single(matrix.EnumerateArray()).GetProperty("values").EnumerateArray()
            .Select(p => $"{p[0].GetInt64() - (_now / Second)}:{p[1].GetString()}");
        Assert.Equal(["-30:1", "-20:2", "-10:2", "0:2", "10:1"], points);
    }

    [Fact]
    public async Task An_error_of_a_pipeline_fails_a_metric_query_that_needs_a_label_in_Lokis_words()
    {
        var (status, body) = await _loki.GetAsync("/loki/api/v1/query",
            ("query", """sum by (status) (count_over_time({s="json"} | json [1m]))"""), ("time", Text(_now)));
        Assert.Equal(400, status);
        Assert.StartsWith("pipeline error: 'JSONParserErr' for series: '{__error__=\"JSONParserErr\", ", body, StringComparison.Ordinal);
        Assert.Contains("Use a label filter to intentionally skip this error. (e.g | __error__!=\"JSONParserErr\").\n", body,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""sum(count_over_time({s="json"} | json [1m]))""", "{} 4")]
    [InlineData("""sum(bytes_over_time({s="json"} | json | __error__!="" [1m]))""", "{} 8")]
    [InlineData("""sum by (__error__) (count_over_time({s="json"} | json [1m]))""", "{} 3", "{__error__=JSONParserErr} 1")]
    public async Task A_metric_query_that_needs_no_label_of_a_parser_takes_no_offence_at_its_errors(string query, params string[] series) =>
        Assert.Equal(series, await _loki.InstantAsync(query, _now));
}
