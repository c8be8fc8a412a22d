using System.Diagnostics;
using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;
using Snappier;
using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.EmbeddedLoki.Http;

/// <summary>
/// Small inputs that once took gigabytes, each answered by Loki's own error or a clear one. Each runs in a process of its own
/// (<see cref="LimitTests"/>) whose heap is limited: who takes more ends it.
/// </summary>
public sealed class BoundedMemoryTests
{
    private const long Second = 1_000_000_000;
    private const int StoreBytes = 64 * 1024 * 1024;

    [Fact(Explicit = true)]
    public async Task A_range_whose_length_no_long_holds()
    {
        await using var loki = await StartAsync();
        var (status, body) = await loki.GetAsync("/loki/api/v1/query_range", ("query", "vector(1)"), ("start", "-8075888387854775808"),
            ("end", "8075888387854775808"), ("step", "1s"));
        Assert.Equal((400, "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter"),
            (status, body));
    }

    [Fact(Explicit = true)]
    public async Task A_series_for_each_of_many_lines()
    {
        await using var loki = await StartAsync(new() { MaxBytes = StoreBytes });
        var now = Now;
        for (var part = 0; part < 20; part++)
        {
            using var pushed = await loki.PushAsync(
                Stream("""{namespace="default"}""",
                    [.. Enumerable.Range(part * 10_000,
                        10_000).Select(i => (now - (i * 10_000_000L), $$"""{"id":"{{i}}","msg":"{{i * 7}}"}"""))]));
            Assert.Equal(204, (int)pushed.StatusCode);
        }

        var range = new[] { ("start", Text(now - (3600 * Second))), ("end", Text(now)), ("step", "15s") };
        var (status, body) = await loki.GetAsync("/loki/api/v1/query_range",
            [.. range, ("query", """count_over_time({namespace="default"} | json | __error__="" [1m])""")]);
        Assert.Equal(400, status);
        Assert.StartsWith("maximum number of series (500) reached for a single query", body, StringComparison.Ordinal);

        // Within an aggregation series are not limited in number, but in memory.
        (status, body) = await loki.GetAsync("/loki/api/v1/query_range",
            [.. range, ("query", """count(count_over_time({namespace="default"} | json [1m]))""")]);
        Assert.Equal(400, status);
        Assert.StartsWith("the query needs more than 128MB of memory", body, StringComparison.Ordinal);
    }

    [Theory(Explicit = true)]
    [InlineData("messages", "application/x-protobuf")]
    [InlineData("objects", "application/json")]
    public async Task Millions_of_empty_records_in_a_few_kilobytes(string what, string type)
    {
        await using var loki = await StartAsync();
        byte[] plain;
        if (type == "application/json")
        {
            plain = Encoding.ASCII.GetBytes(
                $$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{{string.Join(',', Enumerable.Repeat("{}", 4_000_000))}}]}]}]}""");
        }
        else
        {
            plain = OddBytes.Message(0x0a, OddBytes.Message(0x12, OddBytes.Empty(8_000_000)));
        }

        using var buffer = new MemoryStream();
        await using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(plain, Token);
        using var response = await loki.PushAsync(buffer.ToArray(), type, "gzip", "/otlp/v1/logs");
        Assert.Equal(413, (int)response.StatusCode);
        Assert.Contains($"request body too large: more than 250000 {what} in one push, the limit of the embedded store (MaxPushEntries)",
            await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task Millions_of_empty_entries_in_two_megabytes()
    {
        await using var loki = await StartAsync();
        await AssertAnswerAsync(
            await loki.PushAsync(Snappy.CompressToArray(OddBytes.Message(0x0a, OddBytes.Empty(20_000_000))), "application/x-protobuf"),
            413,
            "request body too large: more than 250000 entries in one push, the limit of the embedded store (MaxPushEntries)");
    }

    [Fact(Explicit = true)]
    public async Task A_label_of_25_megabytes_that_is_refused()
    {
        await using var loki = await StartAsync();
        var labels = new byte[25_000_000];
        labels.AsSpan().Fill((byte)'x');
        "{a=\""u8.CopyTo(labels);
        "\"}"u8.CopyTo(labels.AsSpan(labels.Length - 2));
        var body = Snappy.CompressToArray(OddBytes.Message(0x0a, [.. OddBytes.Message(0x0a, labels), 0x12, 0]));
        for (var i = 0; i < 5; i++)
            await AssertAnswerAsync(await loki.PushAsync(body, "application/x-protobuf"), 400,
                "couldn't parse labels: labels size 23 MiB exceeds limit of 1");
    }

    [Fact(Explicit = true)]
    public async Task A_block_that_declares_four_gigabytes()
    {
        await using var loki = await StartAsync();
        await AssertAnswerAsync(
            await loki.PushAsync([0xff, 0xff, 0xff, 0xff, 0x0f, 0], "application/x-protobuf"),
            413,
            "request body too large: decompressed message size is larger than max (4294967295 vs 67108864)");
    }

    [Fact(Explicit = true)]
    public async Task Tails_that_do_not_read()
    {
        await using var loki = await StartAsync(new() { MaxBytes = StoreBytes });
        var sockets = new List<ClientWebSocket>();
        for (var i = 0; i < 3; i++)
        {
            sockets.Add(new());
            await sockets[i].ConnectAsync(new UriBuilder(loki.Server.Address)
            {
                Scheme = "ws",
                Path = "/loki/api/v1/tail",
                Query = "query=" + Uri.EscapeDataString("""{a="b"}""")
            }.Uri, Token);
        }

        // 480 MB in small pushes: what the client itself holds counts as well.
        for (var push = 0; push < 600; push++)
        {
            using var pushed = await loki.PushAsync(
                Stream("""{a="b"}""",
                    [.. Enumerable.Range(0, 20).Select(i => (Now + (push * 100) + i, new string((char)('a' + i), 40_000)))]));
            Assert.Equal(204, (int)pushed.StatusCode);
        }

        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact(Explicit = true)]
    public async Task A_tail_that_asks_for_two_billion_lines()
    {
        await using var loki = await StartAsync();
        Assert.Equal(
            (400, "max entries limit per query exceeded, limit > max_entries_limit_per_query (2000000000 > 5000)"),
            await loki.GetAsync("/loki/api/v1/tail", ("query", """{a="b"}"""), ("limit", "2000000000")));
    }

    [Fact(Explicit = true)]
    public async Task A_line_that_is_doubled_24_times()
    {
        await using var loki = await StartAsync();
        using var pushed = await loki.PushAsync(Stream("""{a="b"}""", (Now, new string('x', 1000))));
        var (status, body) = await loki.GetAsync(
            "/loki/api/v1/query_range", ("query", """{a="b"}"""
                + string.Concat(Enumerable.Repeat(""" | line_format "{{__line__}}{{__line__}}" """, 24))), ("end", Text(Now + Second)));
        Assert.Equal((400, "a template made a line of more than 1048576 characters, which is the limit of the embedded store"),
            (status, body));
    }

    [Fact(Explicit = true)]
    public async Task Lines_that_are_many_megabytes_together()
    {
        await using var loki = await StartAsync(new() { MaxBytes = 2 * StoreBytes });
        var line = new string('x', 200_000);
        for (var push = 0; push < 48; push++)
        {
            using var pushed = await loki.PushAsync(
                Stream("""{a="b"}""", [.. Enumerable.Range(0, 10).Select(i => (Now - (push * 100) - i, line))]));
        }

        var (status, body) = await loki.GetAsync("/loki/api/v1/query_range",
            ("query", """{a="b"} | line_format "{{__line__}}{{__line__}}" """), ("limit", "5000"), ("end", Text(Now + Second)));
        Assert.Equal(400, status);
        Assert.StartsWith("the query needs more than 128MB of memory", body, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task Queries_of_a_hundred_kilobytes()
    {
        await using var loki = await StartAsync();
        var quotes = string.Concat(Enumerable.Repeat("\\\"", 65_000));
        Assert.Equal(400, await PostAsync(quotes));
        Assert.Equal(400, await PostAsync("""{a="b"}""" + string.Concat(Enumerable.Range(0, 8000).Select(i => $"|~\"a{i}\""))));
        Assert.Equal(400, await PostAsync("""{a="b"} |~ "((((x{50}){50}){50}){50})" """));

        async Task<int> PostAsync(string query)
        {
            using var content = new FormUrlEncodedContent([new("query", query)]);
            using var response = await loki.Client.PostAsync(new Uri("/loki/api/v1/query_range", UriKind.Relative), content, Token);
            return (int)response.StatusCode;
        }
    }

    [Fact(Explicit = true)]
    public async Task Lines_of_26_000_fields()
    {
        await using var loki = await StartAsync(new() { MaxLineSize = 0 });
        var line = "{" + string.Join(',', Enumerable.Range(0, 26_000).Select(i => $"\"k{i:D5}\":1")) + ",\"a\":2}";
        using var pushed = await loki.PushAsync(
            Stream("""{a="b"}""", [.. Enumerable.Range(0, 10).Select(i => (Now - i, line[..^1] + $",\"n\":{i}}}"))]));
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        Assert.Equal(10, (await loki.LinesAsync("""{a="b"} | json | keep a""")).Length);
        // Quadratic, one of these lines took seconds.
        Assert.InRange(Process.GetCurrentProcess().TotalProcessorTime - cpu, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
