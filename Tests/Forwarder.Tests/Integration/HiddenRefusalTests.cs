using System.Globalization;
using System.Text;
using Observability.Forwarder.Delivery;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>An ingester tells the last stream's error of a push alone. The store does as it does, and no line may go missing behind a
/// 204.</summary>
public sealed class HiddenRefusalTests
{
    /// <summary>Streams of very different size, or one that is large for a while and then another, each above its limit.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public async Task No_line_is_lost_to_a_stream_s_rate_limit(bool isShifting, int seed)
    {
        const int Lines = 1500;
        await using var stack = await Stack.StartAsync(
            new EmbeddedLokiOptions { StreamRateBytes = 100 * 1024, StreamBurstBytes = 200 * 1024 });
        var random = new Random(seed);
        var busy = 0;
        await stack.ProduceAsync(Stack.Topic, Enumerable.Range(0, Lines).Select(i =>
        {
            busy = i % 250 == 0 ? random.Next(12) : busy;
            var service = isShifting ? (random.NextDouble() < 0.6 ? busy : random.Next(12)) : (int)(12 * Math.Pow(random.NextDouble(), 3));
            return Line($"s{service}", i, 1000);
        }));
        var forwarder = await stack.StartForwarderAsync();

        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == Lines);

        Assert.Equal(Lines, stack.Loki.Store.StoredLines);
        Assert.Equal(Lines, Stack.MetricsOf(forwarder).Topics.Sum(topic => topic.StoredLines));
        Assert.Empty(await stack.ReadAsync(Stack.DeadLetters));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_too_far_behind_is_a_dead_letter_whatever_else_its_batch_holds()
    {
        await using var stack = await Stack.StartAsync();
        await stack.StartForwarderAsync();
        await stack.ProduceAsync(Stack.Topic, Line("a", 0), Line("b", 1));
        await stack.WaitForLinesAsync("""{service=~"a|b"}""", 2);

        var late = Line("a", 2, age: TimeSpan.FromHours(2));
        await stack.ProduceAsync(Stack.Topic, [late, .. Enumerable.Range(3, 20).Select(i => Line("b", i))]);
        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == 23);

        Assert.Equal(22, stack.Loki.Store.StoredLines);
        var letter = Assert.Single(await stack.ReadAsync(Stack.DeadLetters));
        Assert.Equal(late, Encoding.UTF8.GetString(letter.Message.Value));
        Assert.Equal("out_of_order", Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetterHeaders.Reason)));
    }

    [Fact(Timeout = 90_000)]
    public async Task Streams_that_the_store_has_no_room_for_hold_up_none_of_the_others()
    {
        // Room for the overflow stream, which another Forwarder has opened, and for nine more.
        await using var stack = await Stack.StartAsync(new EmbeddedLokiOptions { MaxStreams = 10 });
        using (var client = new HttpClient { BaseAddress = stack.Loki.Address })
        {
            using var body = new StringContent(
                $$"""{"streams":[{"stream":{"level":"overflow","namespace":"overflow","service":"overflow"},"values":[["{{DateTime.UtcNow.Subtract(DateTime.UnixEpoch).Ticks}}00","x"]]}]}""",
                Encoding.UTF8,
                "application/json");
            using var answer = await client.PostAsync(new Uri("loki/api/v1/push", UriKind.Relative), body,
                TestContext.Current.CancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        await stack.StartForwarderAsync();

        await stack.ProduceAsync(Stack.Topic, Enumerable.Range(0, 2000).Select(i => Line($"s{i % 40}", i)));
        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == 2000);

        Assert.Equal(2001, stack.Loki.Store.StoredLines);
        Assert.Empty(await stack.ReadAsync(Stack.DeadLetters));
        var moved = await stack.QueryAsync("""{service="overflow"} | overflow_service=~"s.*" """);
        Assert.InRange(moved.Count, 31 * 50, 2000);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_tenant_s_burst_smaller_than_a_push_stops_nothing()
    {
        await using var stack = await Stack.StartAsync(
            new EmbeddedLokiOptions { IngestionRateBytes = 4 * 1024 * 1024, IngestionBurstBytes = 100_000 });
        await stack.ProduceAsync(Stack.Topic, Enumerable.Range(0, 3000).Select(i => Line($"s{i % 3}", i, 1000)));
        await stack.StartForwarderAsync();

        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == 3000);

        Assert.Equal(3000, stack.Loki.Store.StoredLines);
        Assert.Empty(await stack.ReadAsync(Stack.DeadLetters));
    }

    [Fact(Timeout = 60_000)]
    public async Task Lines_too_far_behind_are_found_without_a_search()
    {
        await using var stack = await Stack.StartAsync();
        await stack.ProduceAsync(Stack.Topic, Line("one", 0));
        var forwarder = await stack.StartForwarderAsync();
        await Stack.UntilAsync(() => stack.Loki.Store.StoredLines == 1);

        await stack.ProduceAsync(Stack.Topic,
            Enumerable.Range(1, 4000).Select(i => Line("one", i, age: TimeSpan.FromHours(i % 20 == 0 ? 3 : 0))));
        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == 4001);

        Assert.Equal(3801, stack.Loki.Store.StoredLines);
        Assert.Equal(200, (await stack.ReadAsync(Stack.DeadLetters)).Count);
        // What is sent again is merged, but counted by queries while it is in the ingester's memory.
        Assert.InRange(stack.Loki.Store.DeduplicatedLines, 0, 400);
    }

    /// <summary>A shard's name stands in the words of its refusal: whoever left sharding on learns what it does to the promise.</summary>
    [Fact(Timeout = 90_000)]
    public async Task A_store_that_shards_streams_is_told_of_once()
    {
        await using var stack = await Stack.StartAsync(new EmbeddedLokiOptions
        {
            ShardStreams = true,
            ShardStreamsDesiredRateBytes = 1024,
            StreamRateBytes = 4 * 1024,
            StreamBurstBytes = 4 * 1024,
        });
        using var forwarder = stack.StartForwarderProcess();
        const string Warning = "Loki shards streams (label __stream_shard__)";

        // No shard takes a line larger than its burst, and each try counts for the rate by which the store divides a stream.
        for (var number = 0; !forwarder.Output.Contains(Warning, StringComparison.Ordinal); number += 10)
        {
            await stack.ProduceAsync(Stack.Topic, Enumerable.Range(number, 10).Select(i => Line("busy", i, 10_000)));
            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        }

        Assert.Contains("limits_config.shard_streams.enabled to false", forwarder.Output, StringComparison.Ordinal);
        Assert.Single(forwarder.Output.Split('\n'), line => line.Contains(Warning, StringComparison.Ordinal));
    }

    private static string Line(string service, int number, int size = 0, TimeSpan age = default)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"timestamp":"{{DateTime.UtcNow.AddTicks(number) - age:O}}","level":"info","service":"{{service}}","message":"{{number:000000}} """);
        return line.PadRight(Math.Max(size - 2, line.Length), 'x') + "\"}";
    }
}
