using Microsoft.AspNetCore.Http;
using Observability.Embedded.EmbeddedKafka;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>
/// Whatever breaks meanwhile, <c>verify</c> finds nothing missing and nothing shown twice. Broker and store outlive the
/// Forwarder; its own process is the real one.
/// </summary>
public sealed class ResilienceTests
{
    private const int Lines = 20_000;
    private const int Rate = 4_000;

    [Fact(Timeout = 180_000)]
    public async Task Nothing_is_lost_or_doubled_when_the_forwarder_is_killed_midway()
    {
        await using var stack = await Stack.StartAsync();
        // From the first quarter on the store keeps its answers to itself until the Forwarder is gone, so it is killed midway for certain:
        // with pushes that are stored and unanswered, and with others that are neither.
        var isKilled = new TaskCompletionSource();
        var waiting = 0;
        stack.Loki.Fault = async context =>
        {
            if (context.Request.Path != "/loki/api/v1/push" || isKilled.Task.IsCompleted || stack.Loki.Store.StoredLines < Lines / 4)
                return false;
            if (Interlocked.Increment(ref waiting) % 2 == 0)
                await stack.Loki.HandleAsync(context);
            await isKilled.Task;
            return true;
        };
        var first = stack.StartForwarderProcess();
        using var verify = stack.StartVerify(Lines, Rate);
        await Stack.UntilAsync(() => Volatile.Read(ref waiting) >= 2);

        first.Kill();
        first.Dispose();
        var storedWhenKilled = stack.Loki.Store.StoredLines;
        isKilled.SetResult();
        using var second = stack.StartForwarderProcess();

        await Stack.PassesAsync(verify);
        Assert.InRange(storedWhenKilled, Lines / 4, Lines - 1);
        Assert.True(stack.Loki.Store.DeduplicatedLines > 0, "no line was sent twice");
    }

    [Fact(Timeout = 180_000)]
    public async Task Nothing_is_lost_or_doubled_when_the_store_fails_in_every_way()
    {
        await using var stack = await Stack.StartAsync();
        var pushes = 0;
        stack.Loki.Fault = async context =>
        {
            if (context.Request.Path != "/loki/api/v1/push")
                return false;
            switch (Interlocked.Increment(ref pushes) % 7)
            {
                case 0: return await AnswerAsync(context, 500, "internal error");
                case 1: return await AnswerAsync(context, 429, "Ingestion rate limit exceeded");
                case 2: return await AnswerAsync(context, 260, "ingestion blocked");
                case 3: return await AnswerAsync(context, 503, "");
                case 4:
                    // Stored, but the answer is lost.
                    await stack.Loki.HandleAsync(context);
                    context.Abort();
                    return true;
                case 5:
                    context.Abort();
                    return true;
                default: return false;
            }
        };
        await stack.StartForwarderAsync();
        using var verify = stack.StartVerify(Lines, Rate);

        await Stack.PassesAsync(verify);
        Assert.True(pushes > 14, $"{pushes} pushes are too few to have met every fault");
        Assert.True(stack.Loki.Store.DeduplicatedLines > 0, "no line was ever sent twice");
    }

    [Fact(Timeout = 180_000)]
    public async Task Nothing_is_lost_or_doubled_when_offending_lines_are_among_the_good_ones()
    {
        await using var stack = await Stack.StartAsync();
        // Else a time of 2001 is not believed, and Kafka's is taken.
        stack.Settings["Forwarder:MaxTimeBehind"] = "36500.00:00:00";
        await stack.StartForwarderAsync();
        using var verify = stack.StartVerify(Lines, Rate);
        await Stack.UntilAsync(() => stack.Loki.Store.StoredLines > 0);
        for (var i = 0; i < 10; i++)
            await stack.ProduceAsync(Stack.Topic,
                Enumerable.Range(0, 10).Select(line => $$"""{"timestamp":"2001-01-01T00:00:00.000Z","message":"{{i}} {{line}}"}"""));

        await Stack.PassesAsync(verify);
        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) >= Lines + 100);
        Assert.Equal(100, (await stack.ReadAsync(Stack.DeadLetters)).Count);
    }

    [Fact(Timeout = 180_000)]
    public async Task Nothing_is_lost_or_doubled_when_the_broker_goes_down_and_comes_back()
    {
        await using var stack = await Stack.StartAsync();
        await stack.StartForwarderAsync();
        using var verify = stack.StartVerify(Lines, Rate);
        await Stack.UntilAsync(() => stack.Loki.Store.StoredLines > Lines / 4);

        stack.Broker.TakeDown();
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        stack.Broker.BringUp();

        await Stack.PassesAsync(verify);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_stop_does_not_wait_for_a_broker_that_is_away_and_what_was_not_committed_comes_again_unseen()
    {
        await using var stack = await Stack.StartAsync();
        // No commit but the last one.
        stack.Settings["Aspire:Confluent:Kafka:Consumer:Config:AutoCommitIntervalMs"] = "3600000";
        var first = await stack.StartForwarderAsync();
        await stack.ProduceAsync(Stack.Topic, Enumerable.Range(0, 100).Select(line => $$"""{"message":"line {{line}}"}"""));
        await Stack.UntilAsync(() => stack.Loki.Store.StoredLines == 100);

        stack.Broker.TakeDown();
        // Well under session.timeout.ms, 45 s, for which librdkafka would wait.
        await first.StopAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(15),
            TestContext.Current.CancellationToken);
        first.Dispose();
        stack.Broker.BringUp();

        await stack.StartForwarderAsync();
        await Stack.UntilAsync(() => stack.Loki.Store.DeduplicatedLines == 100);
        Assert.Equal(100, stack.Loki.Store.StoredLines);
    }

    [Fact(Timeout = 180_000)]
    public async Task Nothing_is_lost_or_doubled_when_partitions_change_hands_under_load()
    {
        await using var stack = await Stack.StartAsync();
        var first = await stack.StartForwarderAsync();
        using var verify = stack.StartVerify(Lines, Rate);
        await Stack.UntilAsync(() => stack.Loki.Store.StoredLines > Lines / 8);

        var second = await stack.StartForwarderAsync();
        await Stack.UntilAsync(() => Stack.MetricsOf(second).Partitions.Length > 0 && Stack.MetricsOf(first).Partitions.Length < 6);
        await first.StopAsync(TestContext.Current.CancellationToken);
        await Stack.UntilAsync(() => Stack.MetricsOf(second).Partitions.Length == 6);

        await Stack.PassesAsync(verify);
        Assert.Empty(Stack.MetricsOf(first).Partitions);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_stalled_store_pauses_the_partitions_and_loses_nothing()
    {
        await using var stack = await Stack.StartAsync();
        stack.Settings["Forwarder:Batch:MaxBytes"] = "20000";
        stack.Settings["Forwarder:MaxBufferedBytes"] = "500000";
        var isStalled = true;
        stack.Loki.Fault = async context =>
            isStalled && context.Request.Path == "/loki/api/v1/push" && await AnswerAsync(context, 500, "stalled");
        var forwarder = await stack.StartForwarderAsync();
        using var verify = stack.StartVerify(Lines, Rate);

        await Stack.UntilAsync(() => Stack.MetricsOf(forwarder).IsPaused);
        isStalled = false;

        await Stack.PassesAsync(verify);
        Assert.False(Stack.MetricsOf(forwarder).IsPaused);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_forwarder_starts_without_a_broker_and_carries_on_when_it_appears()
    {
        await using var stack = await Stack.StartAsync();
        var port = FreePort.Find();
        stack.Settings["ConnectionStrings:kafka"] = $"127.0.0.1:{port}";
        using var forwarder = stack.StartForwarderProcess();
        await Stack.UntilAsync(() => forwarder.Output.Contains("Consuming", StringComparison.Ordinal));

        using var late = EmbeddedKafkaBroker.Start(
            new EmbeddedKafkaOptions { Port = port, Topics = { [Stack.Topic] = 1, ["alloy-logs"] = 1 } });
        using var producer = new Confluent.Kafka.ProducerBuilder<Confluent.Kafka.Null, string>(
            new Confluent.Kafka.ProducerConfig { BootstrapServers = late.BootstrapServers }).Build();
        await producer.ProduceAsync(Stack.Topic, new() { Value = "at last" }, TestContext.Current.CancellationToken);

        Assert.Single(await stack.WaitForLinesAsync("""{namespace="default"}""", 1));
    }

    private static async Task<bool> AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text);
        return true;
    }
}
