using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Observability.ServiceDefaults.Protos.Loki;
using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.EmbeddedLoki.Ingest;

/// <summary>The refusals that a real ingester makes, and how it hides some of them.</summary>
public sealed class IngesterTests
{
    private const long Second = 1_000_000_000;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(Now / Second));

    private long T0 { get; } = Now;

    [Fact]
    public async Task A_stream_too_many_is_refused_and_those_in_memory_go_on()
    {
        await using var loki = await StartAsync(new() { MaxStreams = 3 }, _time);
        await AssertAnswerAsync(await loki.PushAsync(One("a", "1"), One("b", "1"), One("c", "1")), 204, "");

        using var refused = await loki.PushAsync(One("a", "2"), One("d", "1"));
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.StartsWith(
            """maximum active stream limit exceeded when trying to create stream {app="d", service_name="d"}, reduce""",
            await refused.Content.ReadAsStringAsync(Token),
            StringComparison.Ordinal);
        await AssertAnswerAsync(await loki.PushAsync(One("e", "1"), One("b", "2")), 204, "");

        Assert.Equal(["1", "2"], (await loki.LinesAsync("""{app="a"}""", Window())).Order(StringComparer.Ordinal));
        Assert.Equal(["1", "2"], (await loki.LinesAsync("""{app="b"}""", Window())).Order(StringComparer.Ordinal));
        Assert.Empty(await loki.LinesAsync("""{app=~"d|e"}""", Window()));
    }

    [Fact]
    public async Task An_idle_stream_makes_room_for_another_and_keeps_its_lines()
    {
        await using var loki = await StartAsync(new() { MaxStreams = 2 }, _time);
        await AssertAnswerAsync(await loki.PushAsync(One("a", "1"), One("b", "1")), 204, "");
        _time.Advance(TimeSpan.FromMinutes(20));
        await AssertAnswerAsync(await loki.PushAsync(One("b", "2")), 204, "");
        using (var early = await loki.PushAsync(One("c", "1")))
            Assert.Equal(429, (int)early.StatusCode);

        _time.Advance(TimeSpan.FromMinutes(11));
        await AssertAnswerAsync(await loki.PushAsync(One("c", "1")), 204, "");
        using (var late = await loki.PushAsync(One("a", "2")))
            Assert.Equal(429, (int)late.StatusCode);
        Assert.Equal(["1"], await loki.LinesAsync("""{app="a"}""", Window()));
    }

    [Fact]
    public async Task An_idle_stream_forgets_its_newest_time()
    {
        await using var loki = await StartAsync(new(), _time);
        await AssertAnswerAsync(await loki.PushAsync(Stream("""{app="a"}""", (T0, "new"))), 204, "");
        using (var behind = await loki.PushAsync(Stream("""{app="a"}""", (T0 - (4000 * Second), "old"))))
            Assert.Equal(400, (int)behind.StatusCode);

        _time.Advance(TimeSpan.FromMinutes(31));
        await AssertAnswerAsync(await loki.PushAsync(Stream("""{app="a"}""", (T0 - (4000 * Second), "old"))), 204, "");
        Assert.Equal(["old", "new"], await loki.LinesAsync("""{app="a"}""", [.. Window(), ("direction", "forward")]));
    }

    [Fact]
    public async Task A_streams_rate_is_charged_line_by_line()
    {
        await using var loki = await StartAsync(new() { StreamRateBytes = 10 * 1024, StreamBurstBytes = 20 * 1024 }, _time);
        using var response = await loki.PushAsync(Many("a", "x", 32));
        var answer = (await response.Content.ReadAsStringAsync(Token)).TrimEnd('\n');

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Equal(10,
            answer.Split(
                "Per stream rate limit exceeded (limit: 10KB/sec) while attempting to ingest for stream '{app=\"a\", "
                    + "service_name=\"a\"}' totaling 1000B,").Length - 1);
        Assert.EndsWith("user 'fake', total ignored: 12 out of 32 for stream: {app=\"a\", service_name=\"a\"}", answer,
            StringComparison.Ordinal);
        Assert.Equal(20, loki.Server.Store.StoredLines);
    }

    [Fact]
    public async Task What_a_stream_before_the_last_was_refused_is_hidden_by_a_204_and_sending_all_again_loses_it()
    {
        await using var loki = await StartAsync(new() { StreamRateBytes = 10 * 1024, StreamBurstBytes = 20 * 1024 }, _time);
        await AssertAnswerAsync(await loki.PushAsync(Many("a", "x", 19), Many("b", "x", 19)), 204, "");
        using (var refused = await loki.PushAsync(Many("a", "n", 15), Many("b", "n", 4)))
            Assert.Equal(429, (int)refused.StatusCode);

        _time.Advance(TimeSpan.FromMilliseconds(400));
        await AssertAnswerAsync(await loki.PushAsync(Many("a", "n", 15), Many("b", "n", 4)), 204, "");
        Assert.Equal(23, (await loki.LinesAsync("""{app="b"}""", Window())).Length);
        Assert.InRange((await loki.LinesAsync("""{app="a"}""", Window())).Length, 19, 30);
    }

    [Fact]
    public async Task The_line_that_a_stream_had_last_is_not_charged_again()
    {
        await using var loki = await StartAsync(new() { StreamRateBytes = 1, StreamBurstBytes = 1000 }, _time);
        await AssertAnswerAsync(await loki.PushAsync(Many("a", "x", 1)), 204, "");
        await AssertAnswerAsync(await loki.PushAsync(Many("a", "x", 1)), 204, "");
        Assert.Equal((1, 1), (loki.Server.Store.StoredLines, loki.Server.Store.DeduplicatedLines));
    }

    [Fact]
    public async Task With_sharding_the_rate_refuses_a_stream_as_a_whole()
    {
        await using var loki = await StartAsync(
            new() { ShardStreams = true, StreamRateBytes = 10 * 1024, StreamBurstBytes = 20 * 1024 }, _time);
        using (var refused = await loki.PushAsync(Many("a", "x", 30)))
        {
            Assert.Equal(429, (int)refused.StatusCode);
            Assert.Contains("total ignored: 30 out of 30", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        await AssertAnswerAsync(await loki.PushAsync(Many("a", "x", 10)), 204, "");
        Assert.Equal(10, loki.Server.Store.StoredLines);
    }

    [Fact]
    public async Task A_fast_stream_is_divided_when_told_to_and_a_line_sent_again_is_shown_twice()
    {
        await using var loki = await StartAsync(new() { ShardStreams = true, ShardStreamsDesiredRateBytes = 10_000 }, _time);
        await AssertAnswerAsync(await loki.PushAsync(Many("a", "x", 25)), 204, "");
        Assert.Equal(["{app=a,service_name=a}"], await StreamsAsync(loki));

        // The rate of the first second is known now: 25,000 bytes a second and 5,000 more make four shards of 10,000 at most.
        _time.Advance(TimeSpan.FromSeconds(1));
        await AssertAnswerAsync(await loki.PushAsync(Many("a", "y", 5)), 204, "");
        Assert.Equal(
            ["{__stream_shard__=0,app=a,service_name=a}", "{__stream_shard__=1,app=a,service_name=a}",
                "{__stream_shard__=2,app=a,service_name=a}", "{app=a,service_name=a}"],
            await StreamsAsync(loki));

        await AssertAnswerAsync(await loki.PushAsync(Many("a", "x", 1)), 204, "");
        Assert.Equal(31, (await loki.LinesAsync("""{app="a"}""", [.. Window(), ("limit", "1000")])).Length);
    }

    [Fact]
    public async Task Metric_queries_count_lines_that_came_twice_until_the_stream_leaves_the_memory()
    {
        await using var loki = await StartAsync(new(), _time);
        for (var i = 0; i < 2; i++)
            await AssertAnswerAsync(await loki.PushAsync(Many("a", "x", 2000)), 204, "");
        await AssertAnswerAsync(await loki.PushAsync(One("b", "once"), One("b", "once")), 204, "");

        var later = T0 + (60 * Second);
        Assert.Equal(2000, (await loki.LinesAsync("""{app="a"}""", [.. Window(), ("limit", "5000")])).Length);
        Assert.Equal(["{app=a} 4000", "{app=b} 1"],
            await loki.InstantAsync("""sum by (app) (count_over_time({app=~"a|b"}[10m]))""", later));
        _time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(["{app=a} 2000", "{app=b} 1"],
            await loki.InstantAsync("""sum by (app) (count_over_time({app=~"a|b"}[10m]))""", later));
    }

    [Fact]
    public async Task A_blocked_tenant_is_told_so_by_the_status_that_is_set()
    {
        var until = _time.GetUtcNow().AddHours(1);
        await using var loki = await StartAsync(new() { BlockIngestionUntil = until, BlockIngestionStatusCode = 429 }, _time);
        await AssertAnswerAsync(
            await loki.PushAsync(One("a", "x")), 429,
            $"ingestion blocked for user 'fake' until '{until:yyyy-MM-ddTHH:mm:ssZ}' with status code '429'");
        Assert.Equal(0, loki.Server.Store.StoredLines);
    }

    private async Task<string[]> StreamsAsync(LokiFixture loki)
    {
        var series = await loki.GetJsonAsync("/loki/api/v1/series", Window());
        return [.. series.GetProperty("data").EnumerateArray().Select(LabelsOf)];
    }

    private (string Name, string Value)[] Window() => [("start", Text(T0 - (7200 * Second))), ("end", Text(T0 + (7200 * Second)))];

    private StreamAdapter One(string app, string line) => Stream($$"""{app="{{app}}"}""", (T0, line));

    /// <summary>Lines of 1,000 bytes, one a microsecond.</summary>
    private StreamAdapter Many(string app, string letter, int count) => Stream(
        $$"""{app="{{app}}"}""",
        [.. Enumerable.Range(0,
            count).Select(i => (T0 + (i * 1000L), i.ToString("D6", CultureInfo.InvariantCulture) + letter.PadRight(994, letter[0])))]);
}
