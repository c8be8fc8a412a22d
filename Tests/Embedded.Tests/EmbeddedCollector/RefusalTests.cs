using System.Net;
using System.Text;
using Confluent.Kafka;
using Grpc.Core;
using Observability.Embedded.EmbeddedCollector;
using Observability.Embedded.EmbeddedCollector.Settings;
using Observability.Embedded.EmbeddedKafka;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.Tests.EmbeddedCollector;

/// <summary>What the collector does not take is said to its sender, and written to nobody.</summary>
public sealed class RefusalTests
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("no protobuf", Protobuf, null, 400)]
    [InlineData("{\"resourceLogs\":[{", Json, null, 400)]
    [InlineData("{\"resourceLogs\":7}", Json, null, 400)]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"traceId\":\"abcd\"}]}]}]}", Json, null, 400)]
    [InlineData("{}", "text/plain", null, 415)]
    [InlineData("x", Protobuf, "zstd", 415)]
    [InlineData("no gzip", Protobuf, "gzip", 400)]
    public async Task A_request_that_is_no_OTLP_is_refused_for_good_with_the_reason(string body, string type, string? encoding, int status)
    {
        await using var stack = await CollectorStack.StartAsync();

        using var answer = await stack.PostAsync(Encoding.UTF8.GetBytes(body), type, encoding);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(type == Json ? Json : Protobuf, answer.Content.Headers.ContentType?.MediaType);
        var said = await answer.Content.ReadAsStringAsync(Token);
        Assert.Matches(type == Json ? "^\\{\"code\":3,\"message\":\".+\"\\}$" : "(?s)^\u0008\u0003\u0012.+", said);
        Assert.Empty(await stack.RecordsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_call_that_is_no_OTLP_is_refused_for_good()
    {
        await using var stack = await CollectorStack.StartAsync();

        var refusal = await Assert.ThrowsAsync<RpcException>(() => stack.CallAsync("no protobuf"u8.ToArray()));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Empty(await stack.RecordsAsync());
    }

    /// <summary>A few kilobytes, compressed, that once took gigabytes.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_request_of_very_many_records_is_refused_for_good()
    {
        await using var stack = await CollectorStack.StartAsync();
        var request = Requests.Of(Requests.Resource("many", Enumerable.Repeat(new LogRecord(), 400_001)));

        using var answer = await stack.PostAsync(request);
        var records = string.Join(',', Enumerable.Repeat("{}", 400_001));
        using var json = await stack.PostAsync(
            Encoding.UTF8.GetBytes($$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{{records}}]}]}]}"""), Json, null);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, json.StatusCode);
        Assert.Contains(
            "the request has more than 100000 log records", await json.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(await stack.RecordsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_that_is_too_large_is_refused_for_good()
    {
        await using var stack = await CollectorStack.StartAsync(options => options.MaxRequestBytes = 10_000);
        var request = Requests.Of(Requests.Resource("checkout", Requests.Line(new string('x', 20_000))));

        using var answer = await stack.PostAsync(request);
        var grpc = await Assert.ThrowsAsync<RpcException>(() => stack.CallAsync(request));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, grpc.StatusCode);
        Assert.Empty(await stack.RecordsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_log_record_that_no_Kafka_record_holds_is_refused_alone()
    {
        await using var stack = await CollectorStack.StartAsync(options => (options.MaxLineBytes, options.MaxRecordBytes) = (1000, 2000));
        var many = Enumerable.Range(0, 50).Select(number => Requests.Text($"key-{number}", new string('v', 90)));
        var lines = new[] { Requests.Line("before"), Requests.Line("its attributes are too many", many), Requests.Line("behind") };

        var response = await stack.ExportAsync(Requests.Of(Requests.Resource("checkout", lines)));

        Assert.Equal(1, response.PartialSuccess.RejectedLogRecords);
        Assert.Contains("2000 bytes", response.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(["before", "behind"], (await stack.RecordsAsync()).Lines().Select(line => line.Body.StringValue));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_Kafka_refuses_for_good_is_a_partial_success()
    {
        await using var stack = await CollectorStack.StartAsync();
        stack.Broker.FailNext(KafkaApi.Produce, ErrorCode.MsgSizeTooLarge);

        var response = await stack.ExportAsync(Requests.Of(Requests.Resource("checkout", Requests.Line("1"), Requests.Line("2"))));

        Assert.Equal(2, response.PartialSuccess.RejectedLogRecords);
        Assert.Contains("Kafka refused 2", response.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_collector_that_starts_without_a_broker_asks_to_try_again_and_delivers_once_it_is_there()
    {
        var patience = TimeSpan.FromMilliseconds(300);
        await using var stack = await CollectorStack.StartAsync(options => options.Patience = patience, isBrokerDown: true);
        var request = Requests.Of(Requests.Resource("checkout", Requests.Line("paid")));

        using var answer = await stack.PostAsync(request);
        var grpc = await Assert.ThrowsAsync<RpcException>(() => stack.CallAsync(request));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Contains("Kafka has not taken the records", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unavailable, grpc.StatusCode);

        stack.Broker.BringUp();
        HttpStatusCode status;
        do
        {
            using var again = await stack.PostAsync(request);
            status = again.StatusCode;
        }
        while (status == HttpStatusCode.ServiceUnavailable);

        Assert.Equal(HttpStatusCode.OK, status);
        // What was answered as not taken was not kept behind its sender's back.
        Assert.Single(await stack.RecordsAsync());
        Assert.Equal(0, stack.Collector.BufferedBytes);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_acknowledged_before_the_broker_has_it()
    {
        await using var stack = await CollectorStack.StartAsync(options => options.Patience = TimeSpan.FromMinutes(1));
        await stack.ExportAsync(Requests.Of(Requests.Resource("checkout", Requests.Line("warm"))));
        stack.Broker.TakeDown();

        var export = stack.ExportAsync(Requests.Of(Requests.Resource("checkout", Requests.Line("paid"))));
        await UntilAsync(() => stack.Collector.BufferedBytes > 0);
        Assert.False(export.IsCompleted);

        stack.Broker.BringUp();
        await export;
        Assert.Equal(2, (await stack.RecordsAsync()).Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_full_buffer_refuses_at_once_what_does_not_fit_and_takes_it_when_there_is_room()
    {
        await using var stack = await CollectorStack.StartAsync(options =>
            (options.Patience, options.MaxRequestBytes, options.MaxBufferedBytes) = (TimeSpan.FromMinutes(1), 10_000, 15_000));
        await stack.ExportAsync(Requests.Of(Requests.Resource("checkout", Requests.Line("warm"))));
        stack.Broker.TakeDown();
        var waiting = stack.ExportAsync(Requests.Of(Requests.Resource("checkout", Requests.Line(new string('x', 9000)))));
        await UntilAsync(() => stack.Collector.BufferedBytes > 9000);
        var next = Requests.Of(Requests.Resource("checkout", Requests.Line(new string('y', 9000))));

        using var refused = await stack.PostAsync(next);
        var grpc = await Assert.ThrowsAsync<RpcException>(() => stack.CallAsync(next));

        Assert.False(waiting.IsCompleted);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("the buffer is full", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unavailable, grpc.StatusCode);

        stack.Broker.BringUp();
        await waiting;
        await stack.ExportAsync(next);
        Assert.Equal(3, (await stack.RecordsAsync()).Count);
        Assert.Equal(0, stack.Collector.BufferedBytes);
    }

    [Fact]
    public async Task A_wrong_option_is_one_line_that_names_it()
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => EmbeddedCollectorServer.StartAsync(
            new EmbeddedCollectorOptions { BootstrapServers = "127.0.0.1:9092", MaxBufferedBytes = 1 }, cancellationToken: Token));

        Assert.Equal("EmbeddedCollector:MaxBufferedBytes is '1': it must be at least MaxRequestBytes, 20971520", exception.Message);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(10, Token);
    }
}
