using System.Diagnostics;
using System.Net;
using System.Text;
using Observability.AllInOne.Tests.Host;

namespace Observability.AllInOne.Tests.Tracing;

/// <summary>One line's way on the real wire: generator, collector, broker, Forwarder and store.</summary>
[Collection(ProcessWideTraces.Name)]
public sealed class LineTraceTests : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Nobody is there: what would be exported is heard before.
    public LineTraceTests() => Environment.SetEnvironmentVariable(Endpoint, "http://127.0.0.1:9");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Environment.SetEnvironmentVariable(Endpoint, null);

    [Fact(Timeout = 120_000)]
    public async Task Each_way_of_a_line_is_in_its_one_trace_and_nothing_else_makes_traces()
    {
        using var spans = new RecordedSpans();
        await using var running = await RunningAllInOne.StartAsync(
            Token, "--rate", "500", "--LogGenerator:Sinks=kafka,otlp", "--LogGenerator:Verify:Enabled=true");

        var traces = await spans.UntilAsync(all => all.GroupBy(span => span.TraceId).Where(IsProcessed).Select(trace => trace.Key).ToList()
            is { Count: >= 3 } processed ? processed : null);
        // What tells its answer to somebody ends a little later than who is told.
        await running.StopAsync();

        foreach (var trace in traces)
            Follow([.. spans.All.Where(span => span.TraceId == trace)], spans.All);
        var lines = spans.All.Where(span => span.OperationName == "line").Select(span => span.TraceId).ToHashSet();
        Assert.Empty(spans.All.Where(span => !lines.Contains(span.TraceId)).Select(span => $"{span.Source.Name}: {span.DisplayName}"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Where_no_line_is_to_be_traced_the_steady_state_makes_no_traces_at_all()
    {
        using var spans = new RecordedSpans();
        await using var running = await RunningAllInOne.StartAsync(
            Token, "--rate", "500", "--LogGenerator:Sinks=kafka,otlp", "--LogGenerator:TraceOneIn=0");

        // As an OpenTelemetry exporter does, which keeps its own requests out of traces.
        using var exporter = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var body = new StringContent("{\"resourceLogs\":[]}", Encoding.UTF8, "application/json");
        using var answer = await exporter.PostAsync(new Uri(running.Application.Addresses.Otlp, "v1/logs"), body, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        foreach (var probe in new[] { "/ready", "/-/ready", "/health", "/alive", "/metrics" })
            Assert.Equal(HttpStatusCode.OK, (await exporter.GetAsync(new Uri(running.Application.Address, probe), Token)).StatusCode);
        await running.FlowAsync(flow => flow.Stored.Total > 2000, Token);

        await running.StopAsync();

        Assert.Empty(spans.All.Select(span => $"{span.Source.Name}: {span.DisplayName}"));
    }

    private static bool IsProcessed(IEnumerable<Activity> trace) =>
        trace.Select(span => span.OperationName).ToList() is var names
        && names.Contains("process test-logs") && names.Contains("process alloy-logs");

    private static void Follow(List<Activity> trace, IReadOnlyList<Activity> all)
    {
        var line = Named("line");
        Assert.Equal(default, line.ParentSpanId);

        var direct = Child(line, "send test-logs");
        Assert.Equal(ActivityKind.Producer, direct.Kind);
        var ofDirect = Child(direct, "process test-logs");
        SameRecord(direct, ofDirect);

        var export = Child(line, "send otlp");
        Assert.True((int)export.GetTagItem("loggenerator.batch.lines")! > 0);
        // On a busy machine the collector may have asked to try again.
        var request = trace.Where(span => span.ParentSpanId == export.SpanId && span.Kind == ActivityKind.Client)
            .MaxBy(span => span.StartTimeUtc)!;
        var received = trace.Single(span => span.ParentSpanId == request.SpanId && span.Kind == ActivityKind.Server);
        Assert.Equal("POST /v1/logs", received.DisplayName);
        Assert.True((int)received.GetTagItem("collector.lines")! > 0);
        var sent = Child(received, "send alloy-logs");
        var ofCollector = Child(sent, "process alloy-logs");
        SameRecord(sent, ofCollector);

        foreach (var process in new[] { ofDirect, ofCollector })
        {
            Assert.Equal((ActivityKind.Consumer, "forwarder"), (process.Kind, process.GetTagItem("messaging.consumer.group.name")));
            var batch = Child(process, "batch");
            Assert.True((int)batch.GetTagItem("messaging.batch.message_count")! > 0);
            Assert.True((int)batch.GetTagItem("forwarder.batch.lines")! > 0);
            Assert.True((int)batch.GetTagItem("forwarder.batch.bytes")! > 0);

            // Where records share a batch, one push is for all of them: in the trace of the first, linked to the others.
            var push = all.First(span => span.OperationName == "push" && span.Status != ActivityStatusCode.Error
                && (span.ParentSpanId == process.SpanId || span.Links.Any(link => link.Context.SpanId == process.SpanId)));
            Assert.Equal((204, "Stored"), (push.GetTagItem("http.response.status_code"), push.GetTagItem("forwarder.push.answer")));
            var post = all.Single(span => span.ParentSpanId == push.SpanId && span.Kind == ActivityKind.Client);
            var stored = all.Single(span => span.ParentSpanId == post.SpanId && span.Kind == ActivityKind.Server);
            Assert.Equal("POST /loki/api/v1/push", stored.DisplayName);
            Assert.True(process.StartTimeUtc >= line.StartTimeUtc && push.StartTimeUtc >= batch.StartTimeUtc);
        }

        Activity Named(string name) => trace.Single(span => span.OperationName == name);

        Activity Child(Activity parent, string name) =>
            trace.Single(span => span.OperationName == name && span.ParentSpanId == parent.SpanId);
    }

    private static void SameRecord(Activity sent, Activity processed)
    {
        foreach (var name in new[] { "messaging.destination.name", "messaging.destination.partition.id", "messaging.kafka.offset" })
        {
            Assert.NotNull(sent.GetTagItem(name));
            Assert.Equal(sent.GetTagItem(name), processed.GetTagItem(name));
        }

        Assert.Equal("kafka", processed.GetTagItem("messaging.system"));
    }
}
