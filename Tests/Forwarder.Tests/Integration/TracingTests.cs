using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Observability.Forwarder.Tests.Tracing;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>Records that bring a trace along, on the real wire.</summary>
public sealed class TracingTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_record_that_Alloy_wrote_goes_on_in_the_trace_that_its_log_record_tells()
    {
        using var trace = new TraceRecorder();
        await using var stack = await Stack.StartAsync();
        await stack.StartForwarderAsync();
        await stack.ProduceAsync("alloy-logs", new Message<byte[], byte[]>
        {
            Value = Request(new LogRecord { Body = new() { StringValue = "before" } }, new LogRecord
            {
                Body = new() { StringValue = "traced" },
                TraceId = Bytes(trace.Sender.TraceId.ToHexString()),
                SpanId = Bytes(trace.Sender.SpanId.ToHexString()),
                Flags = 1,
            }),
        });

        await Stack.UntilAsync(() => trace.Spans.Count == 3);

        var spans = trace.Spans.ToDictionary(span => span.OperationName);
        var process = spans["process alloy-logs"];
        Assert.Equal(trace.Sender.SpanId, process.ParentSpanId);
        Assert.Equal((process.SpanId, process.SpanId), (spans["batch"].ParentSpanId, spans["push"].ParentSpanId));
        Assert.Equal(2, spans["push"].GetTagItem("forwarder.push.lines"));
        var (_, labels) = (await stack.WaitForLinesAsync("""{service="unknown"}""", 2)).Single(line => line.Line == "traced");
        Assert.Equal(trace.Sender.TraceId.ToHexString(), labels["trace_id"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_attempt_of_a_push_is_a_span_that_says_what_the_store_answered()
    {
        using var trace = new TraceRecorder();
        await using var stack = await Stack.StartAsync(
            new EmbeddedLokiOptions { BlockIngestionUntil = DateTimeOffset.UtcNow.AddSeconds(3), BlockIngestionStatusCode = 503 });
        await stack.StartForwarderAsync();
        await stack.ProduceAsync(Stack.Topic, Traced(trace, "at last"));

        await Stack.UntilAsync(() => trace.Spans.Any(span => span.OperationName == "process test-logs"));

        var pushes = trace.Spans.Where(span => span.OperationName == "push").ToList();
        Assert.All(pushes[..^1], push => Assert.Equal(
            (503, "Retry", ActivityStatusCode.Error),
            (push.GetTagItem("http.response.status_code"), push.GetTagItem("forwarder.push.answer"), push.Status)));
        Assert.Equal((204, "Stored"), (pushes[^1].GetTagItem("http.response.status_code"), pushes[^1].GetTagItem("forwarder.push.answer")));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_that_becomes_a_dead_letter_ends_its_trace_with_an_error_and_takes_the_trace_along()
    {
        using var trace = new TraceRecorder();
        await using var stack = await Stack.StartAsync();
        // Else a time of 2001 is not believed, and Kafka's is taken.
        stack.Settings["Forwarder:MaxTimeBehind"] = "36500.00:00:00";
        await stack.StartForwarderAsync();
        await stack.ProduceAsync(Stack.Topic, Traced(trace, """{"timestamp":"2001-01-01T00:00:00.000Z","message":"too old"}"""));

        await Stack.UntilAsync(() => trace.Spans.Any(span => span.OperationName == "process test-logs"));

        var process = trace.Spans.Single(span => span.OperationName == "process test-logs");
        Assert.Equal((ActivityStatusCode.Error, "1 lines became dead letters"), (process.Status, process.StatusDescription));
        var letter = Assert.Single(await stack.ReadAsync(Stack.DeadLetters));
        Assert.Contains(trace.Sender.TraceId.ToHexString(), Encoding.ASCII.GetString(letter.Message.Headers.GetLastBytes("traceparent")),
            StringComparison.Ordinal);
    }

    private static Message<byte[], byte[]> Traced(TraceRecorder trace, string line)
    {
        var headers = new Headers();
        foreach (var (name, value) in trace.Headers())
            headers.Add(name, value);
        return new() { Value = Encoding.UTF8.GetBytes(line), Headers = headers };
    }

    private static byte[] Request(params IEnumerable<LogRecord> records) => new ExportLogsServiceRequest
    {
        ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { records } } } } },
    }.ToByteArray();

    private static ByteString Bytes(string hex) => ByteString.CopyFrom(Convert.FromHexString(hex));
}
