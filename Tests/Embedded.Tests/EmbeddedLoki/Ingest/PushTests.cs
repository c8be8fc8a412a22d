using System.Globalization;
using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using Observability.Embedded.EmbeddedLoki;
using Observability.ServiceDefaults.Protos.Loki;
using Observability.ServiceDefaults.Protos.OpenTelemetry;
using Snappier;
using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.EmbeddedLoki.Ingest;

public sealed class PushTests
{
    private const long Second = 1_000_000_000;
    private const string Labels = """{namespace="default", service="test-app"}""";

    /// <summary>As Loki prints them: <c>service_name</c> is added from <c>service</c>.</summary>
    private const string Shown = """{namespace="default", service="test-app", service_name="test-app"}""";

    [Fact]
    public async Task A_protobuf_push_is_stored_and_found()
    {
        await using var loki = await StartAsync();
        await AssertAnswerAsync(await loki.PushAsync(Stream(Labels, (Now, "hello"), (Now + 1, "wörld 🌍"))), 204, "");

        Assert.Equal(["wörld 🌍", "hello"], await loki.LinesAsync("""{namespace="default"}"""));
        Assert.Equal((2, 1), ((int)loki.Server.Store.StoredLines, loki.Server.Store.Streams));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_json_push_is_stored_and_found(string? encoding)
    {
        await using var loki = await StartAsync();
        var json = Encoding.UTF8.GetBytes(
            $$$"""{"streams":[{"stream":{"namespace":"default"},"values":[["{{{Now}}}","a \"quoted\" line",{"trace_id":"1"}],["{{{Now + 1}}}","b"]]}]}""");
        using var buffer = new MemoryStream();
        Stream compressor = encoding switch
        {
            "gzip" => new GZipStream(buffer, CompressionMode.Compress),
            "deflate" => new DeflateStream(buffer, CompressionMode.Compress),
            _ => buffer
        };
        await compressor.WriteAsync(json, Token);
        if (encoding is not null)
            await compressor.DisposeAsync();

        await AssertAnswerAsync(await loki.PushAsync(buffer.ToArray(), "application/json", encoding), 204, "");
        Assert.Equal(["a \"quoted\" line"], await loki.LinesAsync("""{namespace="default"} | trace_id="1" """));
    }

    [Fact]
    public async Task The_same_entry_is_stored_once()
    {
        await using var loki = await StartAsync();
        var stream = Stream(Labels, (Now, "a"), (Now, "b"), (Now, "a"), (Now + 1, "a"));
        stream.Entries.Add(Entry(Now, "a", ("trace_id", "1")));
        stream.Entries.Add(Entry(Now, "a", ("trace_id", "1")));
        for (var i = 0; i < 3; i++)
            await AssertAnswerAsync(await loki.PushAsync(stream), 204, "");

        Assert.Equal(4, (await loki.LinesAsync("""{namespace="default"}""")).Length);
        Assert.Equal((4, 14), (loki.Server.Store.StoredLines, loki.Server.Store.DeduplicatedLines));
    }

    [Fact]
    public async Task Entries_that_arrive_out_of_order_are_shown_in_order()
    {
        await using var loki = await StartAsync();
        var now = Now;
        var order = Enumerable.Range(0, 20_000).ToArray();
        new Random(1).Shuffle(order);
        foreach (var part in order.Chunk(5000))
            await AssertAnswerAsync(
                await loki.PushAsync(Stream(Labels, [.. part.Select(i => (now + (i * 1000L), $"line {i:D5}"))])), 204, "");
        foreach (var part in order.Chunk(7000))
            await AssertAnswerAsync(
                await loki.PushAsync(Stream(Labels, [.. part.Select(i => (now + (i * 1000L), $"line {i:D5}"))])), 204, "");

        var seen = new List<string>();
        for (var start = now; ;)
        {
            var page = await loki.LinesAsync("""{namespace="default"} |= "line" """, ("direction", "forward"), ("limit", "5000"),
                ("start", Text(start)));
            if (page.Length == 0)
                break;
            seen.AddRange(page);
            start = now + (int.Parse(page[^1].AsSpan(5), CultureInfo.InvariantCulture) * 1000L) + 1;
        }

        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => $"line {i:D5}"), seen);
        Assert.Equal((20_000, 20_000), (loki.Server.Store.StoredLines, loki.Server.Store.DeduplicatedLines));
    }

    [Fact]
    public async Task An_invalid_entry_is_named_and_the_others_are_stored()
    {
        await using var loki = await StartAsync(
            new() { MaxLineSize = 10, MaxStructuredMetadataSize = 20, MaxStructuredMetadataEntries = 2 });
        var now = Now;
        var old = now - (8 * 24 * 3600 * Second);
        var future = now + (3600 * Second);
        var stream = Stream(Labels, (now, "good"), (now + 1, "much too long"), (now + 2, "much too long"), (old, "old"),
            (future, "future"));
        stream.Entries.Add(Entry(now + 3, "meta", ("name", "a value that is too large")));
        stream.Entries.Add(Entry(now + 4, "many", ("a", "1"), ("b", "2"), ("c", "3")));
        stream.Entries.Add(Entry(now + 5, "good too", ("a", "1")));

        using var response = await loki.PushAsync(stream);
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(
            $"2 errors like: max entry size '10' bytes exceeded for stream '{Shown}' while adding an entry with length '13' bytes; ", body,
            StringComparison.Ordinal);
        Assert.Contains(
            $"1 errors like: entry for stream '{Shown}' has timestamp too old: {Rfc3339(old)}, oldest acceptable timestamp is: ", body,
            StringComparison.Ordinal);
        Assert.Contains($"1 errors like: entry for stream '{Shown}' has timestamp too new: {Rfc3339(future)}", body,
            StringComparison.Ordinal);
        Assert.Contains(
            $"1 errors like: stream '{Shown}' has structured metadata too large: '29' bytes, limit: '20' bytes. Please see `limits_config.max_structured_metadata_size`", body, StringComparison.Ordinal);
        Assert.Contains($"1 errors like: stream '{Shown}' has too many structured metadata labels: '3', limit: '2'. Please see", body,
            StringComparison.Ordinal);
        Assert.Equal(["good", "good too"], (await loki.LinesAsync("""{namespace="default"}""")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_stream_with_labels_beyond_a_limit_is_refused_and_the_others_are_stored()
    {
        await using var loki = await StartAsync(new() { MaxLabelNames = 2, MaxLabelNameLength = 12, MaxLabelValueLength = 15 });
        await AssertAnswerAsync(
            await loki.PushAsync(Stream("""{a="1", b="2", c="3"}""", (Now, "x")), Stream("""{namespace="good"}""", (Now, "x"))),
            400,
            """entry for stream '{a="1", b="2", c="3", service_name="unknown_service"}' has 3 label names; limit 2""");
    }

    [Theory]
    [InlineData("""{abcdefghijklm="1"}""",
        """stream '{abcdefghijklm="1", service_name="unknown_service"}' has label name too long: 'abcdefghijklm'""")]
    [InlineData("""{a="0123456789012345"}""",
        """stream '{a="0123456789012345", service_name="unknown_service"}' has label value too long: '0123456789012345'""")]
    [InlineData("""{a="1", a="2"}""", """stream '{a="2", service_name="unknown_service"}' has duplicate label name: 'a'""")]
    [InlineData("""{a="1"b="2"}""",
        """couldn't parse labels: 1:7: parse error: unexpected identifier "b" in label set, expected "," or "}" """)]
    [InlineData("""{a=1}""", """couldn't parse labels: 1:4: parse error: unexpected character inside braces: '1'""")]
    [InlineData("""{a="1""", """couldn't parse labels: 1:4: parse error: unterminated quoted string""")]
    public async Task Bad_labels_are_named(string labels, string error)
    {
        await using var loki = await StartAsync(new() { MaxLabelNameLength = 12, MaxLabelValueLength = 15 });
        await AssertAnswerAsync(await loki.PushAsync(Stream(labels, (Now, "x"))), 400, error.Trim());
        Assert.Equal(0, loki.Server.Store.StoredLines);
    }

    [Fact]
    public async Task An_entry_further_behind_than_the_window_is_refused_and_the_others_are_stored()
    {
        await using var loki = await StartAsync();
        var now = Now;
        var behind = now - (3601 * Second) + 500_000_000;
        await AssertAnswerAsync(
            await loki.PushAsync(Stream(Labels, (now, "newest"), (behind, "behind"), (now - (3600 * Second), "just in time"))),
            400,
            $"entry with timestamp {DateTimeOffset.FromUnixTimeSeconds(behind / Second):yyyy-MM-dd HH:mm:ss}.5 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: {Rfc3339(behind)}, oldest acceptable timestamp is: {Rfc3339(now - (3600 * Second))}',\nuser 'fake', total ignored: 1 out of 3 for stream: {Shown}");
        Assert.Equal(["just in time", "newest"], await loki.LinesAsync("""{namespace="default"}""", ("direction", "forward")));
    }

    [Fact]
    public async Task A_failure_of_any_but_the_last_stream_goes_unreported_as_in_Loki()
    {
        await using var loki = await StartAsync();
        var now = Now;
        await AssertAnswerAsync(
            await loki.PushAsync(Stream(Labels, (now, "newest"), (now - (7200 * Second), "behind")),
                Stream("""{namespace="other"}""", (now, "x"))), 204, "");
        Assert.Equal(2, loki.Server.Store.StoredLines);
    }

    [Fact]
    public async Task A_push_without_streams_is_422()
    {
        await using var loki = await StartAsync();
        await AssertAnswerAsync(await loki.PushAsync(), 422, "error at least one valid stream is required for ingestion");
        await AssertAnswerAsync(await loki.PushJsonAsync("""{"streams":[]}"""), 422,
            "error at least one valid stream is required for ingestion");
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_413()
    {
        await using var loki = await StartAsync(new() { MaxRequestBytes = 1000, MaxDecompressedBytes = 2000 });
        await AssertAnswerAsync(await loki.PushAsync(new byte[1001], "application/json"), 413,
            "request body too large: compressed message size is larger than max (1001 vs 1000)");
        var large = new PushRequest { Streams = { Stream(Labels, (Now, new string('x', 3000))) } }.ToByteArray();
        await AssertAnswerAsync(
            await loki.PushAsync(Snappy.CompressToArray(large), "application/x-protobuf"), 413,
            $"request body too large: decompressed message size is larger than max ({large.Length} vs 2000)");
        using var buffer = new MemoryStream();
        await using (var gzip = new GZipStream(buffer, CompressionMode.Compress, leaveOpen: true))
            await gzip.WriteAsync(new byte[100_000], Token);
        using var response = await loki.PushAsync(buffer.ToArray(), "application/json", "gzip");
        Assert.Equal(413, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("not snappy", "application/x-protobuf", null, "snappy: corrupt input")]
    [InlineData("{", "application/json", null, null)]
    [InlineData("""{"streams":[{"stream":{},"values":[["soon","x"]]}]}""", "application/json", null,
        "strconv.ParseInt: parsing \"soon\": invalid syntax")]
    [InlineData("{}", "application/json", "br", "Content-Encoding \"br\" not supported")]
    public async Task A_body_that_cannot_be_read_is_400(string body, string type, string? encoding, string? error)
    {
        await using var loki = await StartAsync();
        using var response = await loki.PushAsync(Encoding.UTF8.GetBytes(body), type, encoding);
        Assert.Equal(400, (int)response.StatusCode);
        if (error is not null)
            Assert.Equal(error, (await response.Content.ReadAsStringAsync(Token)).TrimEnd());
    }

    [Fact]
    public async Task More_streams_than_allowed_is_429()
    {
        await using var loki = await StartAsync(new() { MaxStreams = 1 });
        await AssertAnswerAsync(await loki.PushAsync(Stream(Labels, (Now, "x"))), 204, "");
        await AssertAnswerAsync(
            await loki.PushAsync(Stream("""{namespace="other"}""", (Now, "x"))),
            429,
            """maximum active stream limit exceeded when trying to create stream {namespace="other", service_name="unknown_service"}, reduce the number of active streams (reduce labels or reduce label values), or contact your Loki administrator to see if the limit can be increased, user: 'fake'""");
    }

    [Fact]
    public async Task A_rate_beyond_the_limit_is_429_once_it_is_switched_on()
    {
        await using var loki = await StartAsync(new() { IngestionRateBytes = 1, IngestionBurstBytes = 100 });
        await AssertAnswerAsync(await loki.PushAsync(Stream(Labels, (Now, new string('x', 100)))), 204, "");
        await AssertAnswerAsync(
            await loki.PushAsync(Stream(Labels, (Now, new string('y', 100)))),
            429,
            "ingestion rate limit exceeded for user fake (limit: 1 bytes/sec) while attempting to ingest '1' lines totaling '100' bytes, "
                + "reduce log volume or contact your Loki administrator to see if the limit can be increased");
        Assert.Equal(1, loki.Server.Store.StoredLines);
    }

    [Fact]
    public async Task A_stream_beyond_its_rate_keeps_what_fitted()
    {
        await using var loki = await StartAsync(new() { StreamRateBytes = 1024, StreamBurstBytes = 1024 });
        using var response = await loki.PushAsync(Stream(Labels, (Now, new string('x', 1000)), (Now + 1, new string('y', 2048))));
        Assert.Equal(429, (int)response.StatusCode);
        Assert.Contains($"Per stream rate limit exceeded (limit: 1KB/sec) while attempting to ingest for stream '{Shown}' totaling 2KB",
            await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(1, loki.Server.Store.StoredLines);
    }

    [Fact]
    public async Task Blocked_ingestion_is_260_and_stores_nothing()
    {
        var until = DateTimeOffset.UtcNow.AddHours(1);
        await using var loki = await StartAsync(new() { BlockIngestionUntil = until });
        await AssertAnswerAsync(
            await loki.PushAsync(Stream(Labels, (Now, "x"))), 260,
            $"ingestion blocked for user 'fake' until '{until:yyyy-MM-ddTHH:mm:ssZ}' with status code '260'");
        Assert.Equal(0, loki.Server.Store.StoredLines);
    }

    [Fact]
    public async Task The_oldest_chunks_go_when_the_budget_is_full()
    {
        await using var loki = await StartAsync(new() { MaxBytes = 256 * 1024 });
        var now = Now;
        for (var i = 0; i < 20; i++)
            await AssertAnswerAsync(await loki.PushAsync(Stream($$"""{namespace="n{{i % 3}}"}""",
                [.. Enumerable.Range(0, 100).Select(j => (now + (((i * 100) + j) * 1000L), $"{i:D2} {new string('x', 200)}"))])), 204, "");

        var store = loki.Server.Store;
        Assert.InRange(store.Bytes, 100 * 1024, 256 * 1024);
        Assert.Equal(2000, store.StoredLines);
        var left = await loki.LinesAsync("""{namespace=~".+"}""", ("direction", "forward"), ("limit", "5000"));
        Assert.Equal(store.StoredLines - store.EvictedLines, left.Length);
        Assert.InRange(store.EvictedLines, 500, 1900);
        Assert.Contains(left, line => line.StartsWith("19", StringComparison.Ordinal));
        Assert.DoesNotContain(left, line => line.StartsWith("00", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_that_is_not_utf8_is_stored_with_question_marks()
    {
        await using var loki = await StartAsync();
        byte[] line = [.. "bad "u8, 0xff, 0xc3, .. " line ö"u8];
        byte[] time = [0x08, .. Varint((ulong)(Now / Second))];
        byte[] entry = [0x0a, (byte)time.Length, .. time, 0x12, (byte)line.Length, .. line];
        var labels = Encoding.UTF8.GetBytes("""{a="b"}""");
        byte[] stream = [0x0a, (byte)labels.Length, .. labels, 0x12, (byte)entry.Length, .. entry];
        await AssertAnswerAsync(
            await loki.PushAsync(Snappy.CompressToArray([0x0a, (byte)stream.Length, .. stream]), "application/x-protobuf"), 204, "");
        Assert.Equal(["bad ?? line ö"], await loki.LinesAsync("""{a="b"}"""));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Otlp_becomes_labels_structured_metadata_and_a_line(bool json)
    {
        await using var loki = await StartAsync();
        var export = new ExportLogsServiceRequest
        {
            ResourceLogs =
            {
                new ResourceLogs
                {
                    Resource = new() { Attributes = { Attribute("service.name", "shop"), Attribute("k8s.namespace.name", "default"),
                        Attribute("host.name", "h1") } },
                    ScopeLogs =
                    {
                        new ScopeLogs
                        {
                            Scope = new() { Name = "scope" },
                            LogRecords =
                            {
                                new LogRecord
                                {
                                    TimeUnixNano = (ulong)Now, SeverityNumber = 17, SeverityText = "Error",
                                    Body = new() { StringValue = "it failed" },
                                    Attributes = { Attribute("http.method", "GET") },
                                    TraceId = ByteString.CopyFrom(Convert.FromHexString("0102030405060708090a0b0c0d0e0f10")),
                                },
                            },
                        },
                    },
                },
            },
        };
        var body = json
            ? Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(export).Replace("AQIDBAUGBwgJCgsMDQ4PEA==",
                "0102030405060708090a0b0c0d0e0f10", StringComparison.Ordinal))
            : export.ToByteArray();
        await AssertAnswerAsync(
            await loki.PushAsync(body, json ? "application/json" : "application/x-protobuf", path: "/otlp/v1/logs"), 204, "");

        var stream = Assert.Single((await loki.QueryAsync("""{service_name="shop"}""")).EnumerateArray());
        Assert.Equal(
            "{detected_level=error,host_name=h1,http_method=GET,k8s_namespace_name=default,scope_name=scope,service_name=shop,severity_number=17,severity_text=Error,trace_id=0102030405060708090a0b0c0d0e0f10}",
            LabelsOf(stream.GetProperty("stream")));
        Assert.Equal("it failed", stream.GetProperty("values")[0][1].GetString());
    }

    [Fact]
    public async Task A_fault_answers_in_the_place_of_the_store_or_after_it()
    {
        await using var loki = await StartAsync();
        // One time for all pushes: two seconds would make two lines.
        var now = Now;
        loki.Server.Fault = context =>
        {
            context.Response.StatusCode = 500;
            return Task.FromResult(true);
        };
        await AssertAnswerAsync(await loki.PushAsync(Stream(Labels, (now, "x"))), 500, "");
        Assert.Equal(0, loki.Server.Store.StoredLines);

        loki.Server.Fault = async context =>
        {
            await loki.Server.HandleAsync(context);
            context.Abort();
            return true;
        };
        await Assert.ThrowsAsync<HttpRequestException>(() => loki.PushAsync(Stream(Labels, (now, "x"))));
        Assert.Equal(1, loki.Server.Store.StoredLines);

        loki.Server.Fault = null;
        await AssertAnswerAsync(await loki.PushAsync(Stream(Labels, (now, "x"))), 204, "");
        Assert.Single(await loki.LinesAsync("""{namespace="default"}"""));
    }

    [Fact]
    public async Task Bad_options_are_named_with_their_value()
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(
            () => EmbeddedLokiServer.StartAsync(new() { MaxBytes = 1 }, cancellationToken: Token));
        Assert.StartsWith("EmbeddedLoki:MaxBytes is 1: it must be 65536 or more.", exception.Message, StringComparison.Ordinal);
    }

    private static KeyValue Attribute(string key, string value) => new() { Key = key, Value = new() { StringValue = value } };

    private static string Rfc3339(long time) =>
        DateTimeOffset.FromUnixTimeSeconds(time / Second).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
