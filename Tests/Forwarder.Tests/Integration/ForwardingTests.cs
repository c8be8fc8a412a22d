using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>What goes into Kafka comes out of the store, on the real wire.</summary>
public sealed class ForwardingTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_json_line_is_stored_with_the_labels_it_carries_and_the_defaults_it_lacks()
    {
        await using var stack = await Stack.StartAsync();
        await stack.StartForwarderAsync();
        var line =
            $$"""{"timestamp":"{{DateTime.UtcNow:O}}","level":"ERROR","service":"test-app","message":"Database connection failed","request_id":"req-1"}""";
        await stack.ProduceAsync(Stack.Topic, line);

        var (stored, labels) = Assert.Single(await stack.WaitForLinesAsync("""{namespace="default", service="test-app"} |= "ERROR" """, 1));

        Assert.Equal(line, stored);
        Assert.Equal("error", labels["level"]);
        Assert.DoesNotContain("request_id", labels.Keys);
    }

    [Fact(Timeout = 60_000)]
    public async Task Equal_lines_of_one_millisecond_stay_as_many_as_they_were()
    {
        await using var stack = await Stack.StartAsync();
        await stack.StartForwarderAsync();
        var line = $$"""{"timestamp":"{{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fff}}Z","service":"twins","message":"same"}""";
        await stack.ProduceAsync(Stack.Topic, Enumerable.Repeat(line, 500));

        Assert.Equal(500, (await stack.WaitForLinesAsync("""{service="twins"}""", 500)).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_otlp_request_of_alloy_is_stored_line_by_line()
    {
        await using var stack = await Stack.StartAsync();
        await stack.StartForwarderAsync();
        var time = (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        var scope = new ScopeLogs();
        for (var i = 0; i < 3; i++)
        {
            scope.LogRecords.Add(new LogRecord
            {
                TimeUnixNano = time + (ulong)i,
                SeverityText = "WARN",
                Body = new() { StringValue = $"line {i}" },
                Attributes = { new KeyValue { Key = "k8s.pod.name", Value = new() { StringValue = "pod-1" } } },
            });
        }

        var request = new ExportLogsServiceRequest
        {
            ResourceLogs =
            {
                new ResourceLogs
                {
                    Resource = new() { Attributes = { new KeyValue { Key = "service.name", Value = new() { StringValue = "checkout" } },
                        new KeyValue { Key = "k8s.namespace.name", Value = new() { StringValue = "shop" } } } },
                    ScopeLogs = { scope },
                },
            },
        };
        await stack.ProduceAsync("alloy-logs", new Message<byte[], byte[]> { Value = request.ToByteArray() });

        var lines = await stack.WaitForLinesAsync("""{namespace="shop", service="checkout", level="warn"}""", 3);

        Assert.Equal(["line 0", "line 1", "line 2"], lines.Select(line => line.Line).Order());
        Assert.All(lines, line => Assert.Equal("pod-1", line.Labels["pod"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_decoded_is_stored_as_a_raw_line_and_counted()
    {
        await using var stack = await Stack.StartAsync();
        var host = await stack.StartForwarderAsync();
        await stack.ProduceAsync(Stack.Topic, """{"level":"INFO","message":"cut o""", "plain text", "level=warn msg=\"logfmt line\"");

        var lines = await stack.WaitForLinesAsync("""{namespace="default"}""", 3);

        Assert.Contains(lines, line => line.Line == """{"level":"INFO","message":"cut o""");
        Assert.Contains(lines, line => line.Labels.GetValueOrDefault("level") == "warn");
        Assert.Equal(1, Stack.MetricsOf(host).Topics.Sum(topic => topic.UndecodableRecords));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_field_that_the_settings_name_is_structured_metadata()
    {
        await using var stack = await Stack.StartAsync();
        stack.Settings["Forwarder:Metadata:trace_id"] = "trace_id";
        await stack.StartForwarderAsync();
        await stack.ProduceAsync(Stack.Topic, """{"service":"metadata","level":"info","trace_id":"abc","message":"Grüße \"quoted\""}""");

        var (line, labels) = Assert.Single(await stack.WaitForLinesAsync("""{service="metadata"}""", 1));

        Assert.Equal("""{"service":"metadata","level":"info","trace_id":"abc","message":"Grüße \"quoted\""}""", line);
        Assert.Equal("abc", labels["trace_id"]);
    }

    [Fact(Timeout = 90_000)]
    public async Task Equal_lines_of_one_second_stay_as_many_as_they_were()
    {
        await using var stack = await Stack.StartAsync();
        var host = await stack.StartForwarderAsync();
        var time = $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss}Z";
        await stack.ProduceAsync(Stack.Topic,
            Enumerable.Range(0, 20_000).Select(_ => $$"""{"time":"{{time}}","service":"coarse","message":"same"}"""));
        await stack.ProduceAsync("alloy-logs",
            Enumerable.Range(0, 2).Select(_ => new Message<byte[], byte[]> { Value = OfOneSecond(time, 400) }));

        await Stack.UntilAsync(() => Stack.MetricsOf(host).Topics.Sum(topic => topic.StoredLines) == 20_800);

        Assert.Equal(20_800, stack.Loki.Store.StoredLines);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stop_drains_commits_everything_and_exits_with_0()
    {
        await using var stack = await Stack.StartAsync();
        using var forwarder = stack.StartForwarderProcess();
        await stack.ProduceAsync(Stack.Topic, Enumerable.Range(0, 1000).Select(i => $"line {i}"));
        await stack.WaitForLinesAsync("""{namespace="default"}""", 1);

        var code = await forwarder.StopAsync(TestContext.Current.CancellationToken);

        Assert.True(code == 0, forwarder.Output);
        Assert.Equal(stack.Loki.Store.StoredLines, await stack.CommittedAsync(Stack.Topic));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_topic_pattern_finds_topics()
    {
        await using var stack = await Stack.StartAsync();
        stack.Settings["Forwarder:Topics"] = "^team-.*";
        stack.Broker.CreateTopic("team-a", 1);
        await stack.StartForwarderAsync();
        await stack.ProduceAsync("team-a", Encoding.UTF8.GetString("by pattern"u8));

        Assert.Single(await stack.WaitForLinesAsync("""{namespace="default"}""", 1));
    }

    private static byte[] OfOneSecond(string time, int lines)
    {
        var scope = new ScopeLogs();
        var nanoseconds = (ulong)DateTimeOffset.Parse(time, null).ToUnixTimeSeconds() * 1_000_000_000;
        for (var i = 0; i < lines; i++)
            scope.LogRecords.Add(new LogRecord { TimeUnixNano = nanoseconds, Body = new() { StringValue = "same" } });
        return new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { scope } } } }.ToByteArray();
    }
}
