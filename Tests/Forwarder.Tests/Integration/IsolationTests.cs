using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Observability.Embedded.EmbeddedLoki;
using Observability.ServiceDefaults.Protos.Loki;
using Snappier;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>The trouble of one stream or one partition holds up no other, however long it lasts, and loses nothing.</summary>
public sealed class IsolationTests
{
    private const int Troubled = 1;
    private const int Trouble = 2000;
    private const int Quiet = 300;

    // Partitions that are not troubled.
    private static readonly int[] Others = [0, 2, 3];

    [Fact(Timeout = 120_000)]
    public async Task A_stream_that_is_at_its_limit_for_ever_holds_up_no_partition_but_its_own()
    {
        await using var stack = await StartAsync();
        var limit = new HotStreamLimit(stack.Loki);
        stack.Loki.Fault = limit.AnswerAsync;
        await stack.ProduceAsync(Stack.Topic, Enumerable.Range(0, Trouble).Select(i => Line("hot", i)), Troubled);
        var forwarder = await stack.StartForwarderAsync();
        await Stack.UntilAsync(() => Stack.MetricsOf(forwarder).HeldPartitions == 1);

        await OthersPassAsync(stack, forwarder);
        Assert.True(limit.Refusals > 0);
        Assert.Equal(1, Stack.MetricsOf(forwarder).LimitedStreams);
        Assert.InRange(Stack.MetricsOf(forwarder).SetAsideBytes, 1, 2 * 500_000);

        limit.IsOver = true;
        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == Trouble + (Quiet * Others.Length));
        Assert.Equal(Trouble + (Quiet * Others.Length), stack.Loki.Store.StoredLines);
        Assert.Empty(await stack.ReadAsync(Stack.DeadLetters));
        await Stack.UntilAsync(() => Stack.MetricsOf(forwarder) is { HeldPartitions: 0, SetAsideBytes: 0, LimitedStreams: 0 });
    }

    [Fact(Timeout = 120_000)]
    public async Task Dead_letters_that_are_not_taken_hold_up_no_partition_but_their_own()
    {
        await using var stack = await StartAsync();
        // Nobody leads the topic, so its letters wait in the producer.
        stack.Broker.MoveLeader(Stack.DeadLetters, 0, -1);
        var tombstones = Enumerable.Range(0, Trouble).Select(i => new Message<byte[], byte[]> { Key = BitConverter.GetBytes(i) });
        await stack.ProduceAsync(Stack.Topic, tombstones, Troubled);
        var forwarder = await stack.StartForwarderAsync();
        await Stack.UntilAsync(() => Stack.MetricsOf(forwarder).HeldPartitions == 1);

        await OthersPassAsync(stack, forwarder);

        stack.Broker.MoveLeader(Stack.DeadLetters, 0, 1);
        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == Trouble + (Quiet * Others.Length));
        var letters = await stack.ReadAsync(Stack.DeadLetters);
        Assert.Equal(Enumerable.Range(0, Trouble), letters.Select(letter => BitConverter.ToInt32(letter.Message.Key)).Distinct().Order());
    }

    /// <summary>Nothing is read while partitions change hands, so what is set aside is waited for only a little.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Partitions_change_hands_though_one_of_them_has_lines_that_do_not_pass()
    {
        await using var stack = await StartAsync();
        stack.Settings["Forwarder:DrainTimeout"] = "5m";
        var limit = new HotStreamLimit(stack.Loki);
        stack.Loki.Fault = limit.AnswerAsync;
        for (var partition = 0; partition < 4; partition++)
            await stack.ProduceAsync(Stack.Topic, Enumerable.Range(0, Quiet).Select(i => Line("hot", i)), partition);
        var first = await stack.StartForwarderAsync();
        await Stack.UntilAsync(() => Stack.MetricsOf(first).SetAsideBytes > 0);

        var second = await stack.StartForwarderAsync();
        await Stack.UntilAsync(() => Stack.MetricsOf(second).Partitions.Length > 0 && Stack.MetricsOf(first).Partitions.Length < 6);

        limit.IsOver = true;
        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == Quiet * 4);
        Assert.Equal(Quiet * 4, stack.Loki.Store.StoredLines);
    }

    private static async Task<Stack> StartAsync()
    {
        var stack = await Stack.StartAsync();
        stack.Settings["Forwarder:Batch:MaxBytes"] = "50000";
        stack.Settings["Forwarder:MaxBufferedBytes"] = "500000";
        return stack;
    }

    // While one partition stands, the others are read, stored and committed.
    private static async Task OthersPassAsync(Stack stack, IHost forwarder)
    {
        foreach (var partition in Others)
            await stack.ProduceAsync(Stack.Topic, Enumerable.Range(0, Quiet).Select(i => Line($"quiet-{partition}", i)), partition);
        await Stack.UntilAsync(async () =>
        {
            var committed = await stack.Broker.GetCommittedOffsetsAsync("forwarder", Stack.Topic);
            return Others.All(partition => committed.GetValueOrDefault(new(Stack.Topic, partition)) == Quiet);
        });

        Assert.InRange(stack.Loki.Store.StoredLines, Quiet * Others.Length, long.MaxValue);
        Assert.Equal(1, Stack.MetricsOf(forwarder).HeldPartitions);
        Assert.False(Stack.MetricsOf(forwarder).IsPaused);
    }

    private static Message<byte[], byte[]> Line(string service, int number) => new()
    {
        Value = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $$"""{"service":"{{service}}","message":"{{number}} {{new string('x', 500)}}"}""")),
    };

    /// <summary>
    /// Refuses all lines of one stream as an ingester at its limit does: a push whose last stream is another is answered with 204.
    /// </summary>
    private sealed class HotStreamLimit(EmbeddedLokiServer loki)
    {
        private int _refusals;

        public bool IsOver { get; set; }

        public int Refusals => _refusals;

        public async Task<bool> AnswerAsync(HttpContext context)
        {
            if (IsOver || context.Request.Path != "/loki/api/v1/push")
                return false;

            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var push = PushRequest.Parser.ParseFrom(Snappy.DecompressToArray(body.ToArray()));
            var taken = new PushRequest { Streams = { push.Streams.Where(stream => !IsHot(stream)) } };
            context.Request.Body = new MemoryStream(Snappy.CompressToArray(taken.ToByteArray()));
            context.Request.ContentLength = context.Request.Body.Length;
            if (taken.Streams.Count > 0)
                await loki.HandleAsync(context);
            if (!IsHot(push.Streams[^1]))
                return true;

            Interlocked.Increment(ref _refusals);
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            await context.Response.WriteAsync(Words(push.Streams[^1]));
            return true;
        }

        private static bool IsHot(StreamAdapter stream) => stream.Labels.Contains("service=\"hot\"", StringComparison.Ordinal);

        private static string Words(StreamAdapter stream) => string.Concat(stream.Entries.Take(10).Select(entry =>
                $"entry with timestamp {entry.Timestamp.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}.{entry.Timestamp.Nanos:000000000} +0000 "
                + "UTC ignored, reason: 'Per stream rate limit exceeded (limit: 100KB/sec) while attempting to ingest',\n"))
            + $"user 'fake', total ignored: {stream.Entries.Count} out of {stream.Entries.Count} for stream: {stream.Labels}";
    }
}
