using System.Globalization;
using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.EmbeddedLoki.Http;

public sealed class QueryTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public async Task The_four_queries_of_the_stack_answer_as_in_Loki()
    {
        await using var loki = await StartAsync();
        var now = Now;
        using var pushed = await loki.PushAsync(
            Stream("""{namespace="default", service="test-app", level="info"}""", (now - (10 * Second), "started"),
                (now - (9 * Second), "served")),
            Stream("""{namespace="default", service="test-app", level="error"}""",
                (now - (8 * Second), """{"level":"ERROR","message":"Database connection failed"}""")),
            Stream("""{namespace="default", service="other", level="info"}""", (now - (7 * Second), "other")),
            Stream("""{namespace="elsewhere", service="test-app"}""", (now - (6 * Second), "ERROR elsewhere")));

        Assert.Equal(4, (await loki.LinesAsync("""{namespace="default"}""")).Length);
        Assert.Equal(["""{"level":"ERROR","message":"Database connection failed"}"""],
            await loki.LinesAsync("""{namespace="default"} |= "ERROR" """));
        Assert.Equal(3, (await loki.LinesAsync("""{namespace="default", service="test-app"}""")).Length);
        Assert.Equal(
            [
                "{detected_level=error,level=error,namespace=default,service=test-app,service_name=test-app} 1",
                "{detected_level=info,level=info,namespace=default,service=other,service_name=other} 1",
                "{detected_level=info,level=info,namespace=default,service=test-app,service_name=test-app} 2",
            ],
            await loki.InstantAsync("""count_over_time({namespace="default"}[5m])""", now));
    }

    [Fact]
    public async Task A_range_answer_has_Lokis_shape()
    {
        await using var loki = await StartAsync();
        var now = Now;
        var stream = Stream("""{namespace="default"}""");
        stream.Entries.Add(Entry(now, "warn: <b> & \"c\"", ("trace_id", "1")));
        using var pushed = await loki.PushAsync(stream);

        var (status, body) = await loki.GetAsync("/loki/api/v1/query_range", ("query", """{namespace="default"}"""),
            ("end", Text(now + 1)));
        Assert.Equal(200, status);
        Assert.StartsWith(
            $$$"""{"status":"success","data":{"resultType":"streams","result":[{"stream":{"detected_level":"warn","namespace":"default","service_name":"unknown_service","trace_id":"1"},"values":[["{{{now}}}","warn: <b> & \"c\""]]}],"stats":{"summary":{""",
            body,
            StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get,
            Url("/loki/api/v1/query_range", ("query", """{namespace="default"} | logfmt"""), ("end", Text(now + 1))));
        request.Headers.Add("X-Loki-Response-Encoding-Flags", "categorize-labels");
        using var response = await loki.Client.SendAsync(request, Token);
        Assert.StartsWith(
            $$$"""{"status":"success","data":{"resultType":"streams","encodingFlags":["categorize-labels"],"result":[{"stream":{"namespace":"default","service_name":"unknown_service"},"values":[["{{{now}}}","warn: <b> & \"c\"",{"structuredMetadata":{"trace_id":"1","detected_level":"warn"}}]]}],""",
            await response.Content.ReadAsStringAsync(Token),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_forward_and_backward_cover_every_line_once()
    {
        await using var loki = await StartAsync();
        var now = Now - (100 * Second);
        for (var s = 0; s < 3; s++)
        {
            var number = s;
            using var pushed = await loki.PushAsync(Stream($$"""{namespace="default", service="s{{s}}"}""",
                [.. Enumerable.Range(0, 100).Select(i => (now + (((i * 3) + number) * 1000L), $"{(i * 3) + number:D3}"))]));
        }

        var forward = new List<string>();
        var start = now;
        while (true)
        {
            var page = await loki.LinesAsync("""{namespace="default"}""", ("direction", "forward"), ("limit", "37"),
                ("start", Text(start)));
            if (page.Length == 0)
                break;
            forward.AddRange(page);
            start = now + (page.Max(line => int.Parse(line, CultureInfo.InvariantCulture)) * 1000L) + 1;
        }

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i:D3}"), forward.Order(StringComparer.Ordinal));
        var newest = await loki.LinesAsync("""{namespace="default"}""", ("limit", "3"), ("end", Text(now + 100_000)));
        Assert.Equal(["099", "098", "097"], newest.OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Start_is_inclusive_and_end_is_exclusive()
    {
        await using var loki = await StartAsync();
        var now = Now;
        using var pushed = await loki.PushAsync(Stream("""{a="b"}""", (now, "start"), (now + 5, "middle"), (now + 10, "end")));
        Assert.Equal(["start", "middle"],
            await loki.LinesAsync("""{a="b"}""", ("start", Text(now)), ("end", Text(now + 10)), ("direction", "forward")));
    }

    [Theory]
    [InlineData("limit", "0", "limit must be a positive value")]
    [InlineData("limit", "many", "strconv.Atoi: parsing \"many\": invalid syntax")]
    [InlineData("limit", "5001", "max entries limit per query exceeded, limit > max_entries_limit_per_query (5001 > 5000)")]
    [InlineData("direction", "sideways", "invalid direction 'sideways'")]
    [InlineData("step", "0", "zero or negative query resolution step widths are not accepted. Try a positive integer")]
    [InlineData("step", "1ms",
        "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter")]
    [InlineData("step", "x", "cannot parse \"x\" to a valid duration")]
    [InlineData("interval", "-1", "interval must be >= 0")]
    [InlineData("start", "yesterday", "could not parse 'start' parameter: strconv.ParseInt: parsing \"yesterday\": invalid syntax")]
    [InlineData("since", "x", "could not parse 'since' parameter: not a valid duration string: \"x\"")]
    [InlineData("start", "2999-01-01T00:00:00Z", null)]
    [InlineData("start", "2200-01-01T00:00:00Z", "end timestamp must not be before or equal to start time")]
    public async Task Bad_parameters_are_named(string name, string value, string? error)
    {
        await using var loki = await StartAsync();
        var (status, body) = await loki.GetAsync("/loki/api/v1/query_range", ("query", """{a="b"}"""), (name, value));
        Assert.Equal(400, status);
        if (error is not null)
            Assert.Equal(error, body);
    }

    [Theory]
    [InlineData("1700000000")]
    [InlineData("1700000000000000000")]
    [InlineData("1700000000.0")]
    [InlineData("2023-11-14T22:13:20Z")]
    [InlineData("2023-11-14T23:13:20.000000000+01:00")]
    public async Task Times_are_read_as_Loki_reads_them(string time)
    {
        await using var loki = await StartAsync();
        var root = await loki.GetJsonAsync("/loki/api/v1/query", ("query", "vector(1)+vector(1)"), ("time", time));
        Assert.StartsWith("""{"resultType":"vector","result":[{"metric":{},"value":[1700000000,"2"]}],""",
            root.GetProperty("data").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instant_query_of_lines_is_refused()
    {
        await using var loki = await StartAsync();
        Assert.Equal(
            (400, "log queries are not supported as an instant query type, please change your query to a range query type"),
            await loki.GetAsync("/loki/api/v1/query", ("query", """{a="b"}""")));
    }

    [Fact]
    public async Task The_log_volume_of_Grafana_is_a_matrix()
    {
        await using var loki = await StartAsync();
        var start = Now - (Now % (60 * Second)) - (300 * Second);
        using var pushed = await loki.PushAsync(
            Stream("""{namespace="default", level="info"}""", (start + Second, "a"), (start + (61 * Second), "b"),
                (start + (62 * Second), "c")),
            Stream("""{namespace="default"}""", (start + (61 * Second), "error: d")));
        var matrix = await loki.QueryAsync(
            """sum by (level, detected_level) (count_over_time({namespace="default"} |= `` | drop __error__[1m]))""",
            ("start", Text(start)), ("end", Text(start + (180 * Second))), ("step", "60000ms"));

        Assert.Equal(
            [
                $"{{detected_level=error}} {Seconds(start, 120)}=1",
                $"{{detected_level=info,level=info}} {Seconds(start, 60)}=1 {Seconds(start, 120)}=2",
            ],
            matrix.EnumerateArray()
                .Select(s => $"{LabelsOf(s.GetProperty("metric"))} " + string.Join(' ',
                    s.GetProperty("values").EnumerateArray().Select(v => $"{v[0].GetRawText()}={v[1].GetString()}"))));
    }

    [Fact]
    public async Task A_query_of_too_many_series_is_refused()
    {
        await using var loki = await StartAsync(new() { MaxQuerySeries = 2 });
        using var pushed = await loki.PushAsync([.. Enumerable.Range(0, 3).Select(i => Stream($$"""{a="b", i="{{i}}"}""", (Now, "x")))]);
        var (status, body) = await loki.GetAsync("/loki/api/v1/query", ("query", """count_over_time({a="b"}[1m])"""),
            ("time", Text(Now + Second)));
        Assert.Equal(400, status);
        Assert.StartsWith("maximum number of series (2) reached for a single query; consider reducing query cardinality", body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_posted_form_is_a_query_too()
    {
        await using var loki = await StartAsync();
        using var form = new FormUrlEncodedContent([new("query", "1 + 2 * 3"), new("time", "1700000000")]);
        using var response = await loki.Client.PostAsync(new Uri("/loki/api/v1/query", UriKind.Relative), form, Token);
        Assert.StartsWith("""{"status":"success","data":{"resultType":"scalar","result":[1700000000,"7"],""",
            await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Labels_values_and_series_are_listed()
    {
        await using var loki = await StartAsync();
        using var pushed = await loki.PushAsync(
            Stream("""{namespace="default", service="a"}""", (Now, "x")), Stream("""{namespace="default", service="b"}""", (Now, "x")),
            Stream("""{namespace="other"}""", (Now, "x")));
        var end = ("end", Text(Now + (10 * Second)));

        Assert.Equal((200, """{"status":"success","data":["namespace","service","service_name"]}""" + "\n"),
            await loki.GetAsync("/loki/api/v1/labels", end));
        Assert.Equal((200, """{"status":"success","data":["a","b"]}""" + "\n"),
            await loki.GetAsync("/loki/api/v1/label/service/values", end));
        Assert.Equal((200, """{"status":"success","data":["b"]}""" + "\n"),
            await loki.GetAsync("/loki/api/v1/label/service/values", end, ("query", """{service!="a", namespace="default"}""")));
        Assert.Equal((200, """{"status":"success"}""" + "\n"), await loki.GetAsync("/loki/api/v1/label/none/values", end));
        Assert.Equal(
            (200,
                """{"status":"success","data":[{"namespace":"default","service":"a","service_name":"a"},{"namespace":"other","service_name":"unknown_service"}]}""" + "\n"),
            await loki.GetAsync("/loki/api/v1/series", end, ("match[]", """{service="a"}"""), ("match[]", """{namespace="other"}""")));
        Assert.Equal(3, (await loki.GetJsonAsync("/loki/api/v1/series", end, ("match[]", "{}"))).GetProperty("data").GetArrayLength());
        Assert.Equal((400, "only label matchers are supported"),
            await loki.GetAsync("/loki/api/v1/series", ("match[]", """{a="b"} |= "x" """)));
    }

    [Fact]
    public async Task Stats_and_volume_count_what_lies_in_the_range()
    {
        await using var loki = await StartAsync();
        var now = Now;
        using var pushed = await loki.PushAsync(Stream("""{namespace="default", service="a"}""", (now, "12345"),
            (now + (2 * Second), "12")), Stream("""{namespace="default", service="b"}""", (now, "1")));
        var range = new[] { ("start", Text(now)), ("end", Text(now + Second)), ("query", """{namespace="default"}""") };

        Assert.Equal((200, """{"streams":2,"chunks":2,"bytes":6,"entries":2}""" + "\n"),
            await loki.GetAsync("/loki/api/v1/index/stats", range));
        var volume = await loki.GetJsonAsync("/loki/api/v1/index/volume", [.. range, ("targetLabels", "service")]);
        Assert.Equal(
            $$"""[{"metric":{"service":"a"},"value":[{{(now / Second) + 1}},"5"]},{"metric":{"service":"b"},"value":[{{(now / Second) + 1}},"1"]}]""",
            volume.GetProperty("data").GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task What_Grafana_asks_besides_is_answered()
    {
        await using var loki = await StartAsync();
        using var pushed = await loki.PushAsync(Stream("""{namespace="default"}""", (Now, "x")));
        Assert.Equal((200, "ready\n"), await loki.GetAsync("/ready"));
        Assert.Equal("3.7.6", (await loki.GetJsonAsync("/loki/api/v1/status/buildinfo")).GetProperty("version").GetString());
        Assert.Equal("""{a="b"} | json""",
            (await loki.GetJsonAsync("/loki/api/v1/format_query", ("query", "{ a = `b` }|json"))).GetProperty("data").GetString());
        Assert.Equal("namespace", (await loki.GetJsonAsync("/loki/api/v1/detected_labels", ("end", Text(Now + Second)))).GetProperty(
            "detectedLabels")[0].GetProperty("label").GetString());
        Assert.Equal((200, """{"status":"success","data":[]}""" + "\n"),
            await loki.GetAsync("/loki/api/v1/patterns", ("query", """{a="b"}""")));
        Assert.Equal(5000, (await loki.GetJsonAsync("/loki/api/v1/drilldown-limits")).GetProperty("limits")
            .GetProperty("max_entries_limit_per_query").GetInt32());
        Assert.Equal((404, "/loki/api/v1/rules is not supported by the embedded store"), await loki.GetAsync("/loki/api/v1/rules"));
        Assert.Equal((405, ""), await loki.GetAsync("/loki/api/v1/push"));
    }

    [Fact]
    public async Task Metrics_carry_Lokis_names()
    {
        await using var loki = await StartAsync(new() { MaxLineSize = 5 });
        using var pushed = await loki.PushAsync(Stream("""{namespace="default"}""", (Now, "x"), (Now, "too long")));
        var (_, body) = await loki.GetAsync("/metrics");
        foreach (var expected in new[]
        {
            "loki_distributor_lines_received_total", "loki_distributor_bytes_received_total", "loki_discarded_samples_total",
            "reason=\"line_too_long\"",
            "loki_request_duration_seconds_bucket", "route=\"loki_api_v1_push\"", "embedded_loki_stored_bytes", "embedded_loki_streams",
            "embedded_loki_evicted_lines_total",
        })
            Assert.Contains(expected, body, StringComparison.Ordinal);
    }

    private static string Seconds(long start, int offset) => Text((start / Second) + offset);
}
