using System.IO.Compression;
using System.Net;
using System.Text;
using Google.Protobuf;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.Tests.EmbeddedCollector;

/// <summary>What goes in by each way comes out of Kafka.</summary>
public sealed class ExportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Over_HTTP_in_protobuf()
    {
        await using var stack = await CollectorStack.StartAsync();
        var request = Requests.Of(Requests.Resource("checkout", Requests.Line("paid")));

        Assert.Null((await stack.ExportAsync(request)).PartialSuccess);

        Assert.Equal(request, ExportLogsServiceRequest.Parser.ParseFrom(Assert.Single(await stack.RecordsAsync()).Message.Value));
        var metrics = await stack.MetricsAsync();
        Assert.Contains("otelcol_receiver_accepted_log_records_total{", metrics, StringComparison.Ordinal);
        Assert.Contains("component_id=\"otelcol.exporter.kafka.logs\"", metrics, StringComparison.Ordinal);
        Assert.Equal(0, stack.Collector.BufferedBytes);
    }

    [Fact(Timeout = 60_000)]
    public async Task Over_HTTP_in_JSON_with_identifiers_in_hexadecimal()
    {
        await using var stack = await CollectorStack.StartAsync();
        const string Body = """
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"checkout"}}]},
            "scopeLogs":[{"scope":{"name":"py"},"logRecords":[{"timeUnixNano":"1795684845000000001","severityNumber":9,
            "severityText":"INFO","body":{"stringValue":"bezahlt: 5 €"},"attributes":[{"key":"n","value":{"intValue":"7"}}],
            "traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","aNewField":1}]}]}]}
            """;

        using var answer = await stack.PostAsync(Encoding.UTF8.GetBytes(Body), "application/json");

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal("{ }", await answer.Content.ReadAsStringAsync(Token));
        var line = Assert.Single((await stack.RecordsAsync()).Lines());
        Assert.Equal("bezahlt: 5 €", line.Body.StringValue);
        Assert.Equal((1795684845000000001UL, 9, 7L), (line.TimeUnixNano, line.SeverityNumber, line.Attributes[0].Value.IntValue));
        Assert.Equal("5b8efff798038103d269b633813fc60c", Convert.ToHexStringLower(line.TraceId.Span));
        Assert.Equal("eee19b7ec3c1b174", Convert.ToHexStringLower(line.SpanId.Span));
    }

    [Fact(Timeout = 60_000)]
    public async Task Over_gRPC()
    {
        await using var stack = await CollectorStack.StartAsync();
        var request = Requests.Of(Requests.Resource("checkout", Requests.Line("paid")), Requests.Resource("gateway", Requests.Line("200")));

        Assert.Null((await stack.CallAsync(request)).PartialSuccess);

        Assert.Equal(["200", "paid"], (await stack.RecordsAsync()).Lines().Select(line => line.Body.StringValue).Order());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_string_that_is_no_UTF8_is_mended_where_it_is_wrong_and_costs_no_other_line(bool overGrpc)
    {
        await using var stack = await CollectorStack.StartAsync();
        // Latin-1 for "é": protobuf's writer has none, so it stands in the place of an ASCII character.
        var request = Requests.Of(Requests.Resource("caf@", Requests.Line("before"), Requests.Line("r@sum@", Requests.Text("k@y", "v@l"))));
        var bytes = request.ToByteArray();
        bytes.AsSpan().Replace((byte)'@', (byte)0xE9);

        if (overGrpc)
            await stack.CallAsync(bytes);
        else
            Assert.Equal(HttpStatusCode.OK, (await stack.PostAsync(bytes, "application/x-protobuf")).StatusCode);

        var written = ExportLogsServiceRequest.Parser.ParseFrom(Assert.Single(await stack.RecordsAsync()).Message.Value);
        Assert.Equal(request.ToString().Replace('@', '\uFFFD'), written.ToString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Over_HTTP_compressed(string encoding)
    {
        await using var stack = await CollectorStack.StartAsync();
        using var body = new MemoryStream();
        await using (Stream compressed = encoding == "gzip"
            ? new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(body, CompressionLevel.Fastest, leaveOpen: true))
            Requests.Of(Requests.Resource("checkout", Requests.Line("paid"))).WriteTo(compressed);

        using var answer = await stack.PostAsync(body.ToArray(), "application/x-protobuf", encoding);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(await stack.RecordsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_a_line_comes_from_becomes_its_resource_and_equal_resources_one_record()
    {
        await using var stack = await CollectorStack.StartAsync();
        await stack.ExportAsync(Requests.Of(
            Requests.Resource("a", Requests.Line("1"), Requests.Line("2", Requests.Text("pod", "p-1"), Requests.Text("level", "warn"))),
            Requests.Resource("b", Requests.Line("3")),
            Requests.Resource("a", Requests.Line("4"), Requests.Line("5", Requests.Text("pod", "p-1")))));

        var requests = (await stack.RecordsAsync()).ConvertAll(record => ExportLogsServiceRequest.Parser.ParseFrom(record.Message.Value));

        var bodies = requests.Select(request => string.Join(',', request.Lines().Select(line => line.Body.StringValue)));
        Assert.Equal(["1,4", "2,5", "3"], bodies.Order());
        var ofPod = requests.Single(request => request.Lines().Count() == 2 && request.ResourceLogs[0].Resource.Attributes.Count == 2);
        Assert.Equal("p-1", ofPod.ResourceLogs[0].Resource.Attributes.Attribute("pod"));
        Assert.Equal("level", Assert.Single(ofPod.Lines().SelectMany(line => line.Attributes)).Key);
        Assert.Single(ofPod.ResourceLogs[0].ScopeLogs);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_traced_request_goes_on_in_the_record_that_has_a_line_of_its_trace()
    {
        using var spans = new CollectorSpans();
        await using var stack = await CollectorStack.StartAsync();
        using var sender = spans.StartSender();
        var traced = Requests.Line("traced");
        traced.TraceId = ByteString.CopyFrom(Convert.FromHexString(sender.TraceId.ToHexString()));
        traced.Flags = 1;

        await stack.ExportAsync(Requests.Of(
            Requests.Resource("a", Requests.Line("1"), traced), Requests.Resource("b", Requests.Line("2"))));
        await stack.CallAsync(Requests.Of(Requests.Resource("a", traced)));
        sender.Stop();
        await stack.ExportAsync(Requests.Of(Requests.Resource("a", traced)));

        var records = await stack.RecordsAsync();
        var parents = records.Select(record => record.Message.Headers.TryGetLastBytes("traceparent", out var value)
            ? Encoding.ASCII.GetString(value) : "").Order().ToList();
        var sent = spans.Of(sender.TraceId, "send alloy-logs");
        Assert.Equal(["", "", .. sent.Select(span => span.Id!).Order()], parents);
        Assert.Equal(2, sent.Count);
        var received = spans.Of(sender.TraceId, "Microsoft.AspNetCore.Hosting.HttpRequestIn");
        Assert.Equal(
            received.Select(span => span.SpanId.ToHexString()).Order(), sent.Select(span => span.ParentSpanId.ToHexString()).Order());
        Assert.Equal([1, 3], received.Select(span => (int)span.GetTagItem("collector.lines")!).Order());
        Assert.All(sent, span =>
        {
            var record = records.Single(record => record.Partition.Value.ToString(null as IFormatProvider)
                == (string?)span.GetTagItem("messaging.destination.partition.id")
                && record.Offset.Value == (long)span.GetTagItem("messaging.kafka.offset")!);
            Assert.Equal(record.Message.Value.Length, span.GetTagItem("messaging.message.body.size"));
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_without_a_log_record_is_taken_and_writes_nothing()
    {
        await using var stack = await CollectorStack.StartAsync();

        Assert.Null((await stack.ExportAsync(new())).PartialSuccess);

        Assert.Empty(await stack.RecordsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_more_than_a_record_holds_becomes_several_of_the_same_key()
    {
        await using var stack = await CollectorStack.StartAsync(options => (options.MaxLineBytes, options.MaxRecordBytes) = (1000, 4096));
        var lines = Enumerable.Range(0, 100).Select(number => Requests.Line($"{number} {new string('x', number * 9)}")).ToList();

        Assert.Null((await stack.ExportAsync(Requests.Of(Requests.Resource("checkout", lines)))).PartialSuccess);

        var records = await stack.RecordsAsync();
        Assert.True(records.Count > 10);
        Assert.All(records, record => Assert.InRange(record.Message.Value.Length, 1, 4096));
        Assert.Single(records.Select(record => Convert.ToHexString(record.Message.Key)).Distinct());
        Assert.Equal(lines, records.OrderBy(record => record.Offset.Value).Lines());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_that_is_too_long_is_cut_between_characters_and_says_how_long_it_was()
    {
        await using var stack = await CollectorStack.StartAsync(options => (options.MaxLineBytes, options.MaxAttributeBytes) = (1000, 100));
        var request = Requests.Of(Requests.Resource(
            "checkout",
            Requests.Line(new string('é', 600), Requests.Text("stack", new string('s', 500))),
            Requests.Line(new string('x', 1000))));

        Assert.Null((await stack.ExportAsync(request)).PartialSuccess);

        var lines = Assert.Single(await stack.RecordsAsync()).Lines().ToList();
        Assert.Equal(new string('é', 500), lines[0].Body.StringValue);
        Assert.Equal(1200, lines[0].Attributes.Single(attribute => attribute.Key == "log.length").Value.IntValue);
        Assert.Equal(100, lines[0].Attributes.Attribute("stack")!.Length);
        Assert.Equal((new string('x', 1000), 0), (lines[1].Body.StringValue, lines[1].Attributes.Count));
    }
}
