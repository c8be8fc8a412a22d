using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>A batch that decompresses to more than the client allows: its partition stands, is seen, and holds up no other.</summary>
public sealed class UnreadableBatchTests
{
    private const int LinesOfBatch = 20_000;

    [Fact(Timeout = 90_000)]
    public async Task A_batch_that_cannot_be_read_is_seen_and_holds_up_no_other_partition()
    {
        await using var stack = await StartAsync();
        await ProduceUnreadableAsync(stack);
        await ProduceAsync(stack, 1, "elsewhere");
        var forwarder = await stack.StartForwarderAsync();

        Assert.Single(await stack.WaitForLinesAsync("""{namespace="default"}""", 1));
        var watch = forwarder.Services.GetRequiredService<StallWatch>();
        await Stack.UntilAsync(() => watch.Stalled.Count == 1);

        Assert.Contains($"{Stack.Topic} [0] stands at offset 0 of {LinesOfBatch}", watch.Stalled[0], StringComparison.Ordinal);
        var gauges = Stack.MetricsOf(forwarder).Partitions.Single(partition => partition.Topic == Stack.Topic && partition.Partition == 0);
        Assert.Equal((StallWatch.Unreadable, LinesOfBatch), (gauges.StallReason, gauges.Lag));
    }

    [Fact(Timeout = 90_000)]
    public async Task A_batch_that_cannot_be_read_is_stepped_over_where_that_is_wanted_with_a_dead_letter_that_names_its_offsets()
    {
        await using var stack = await StartAsync();
        stack.Settings["Forwarder:SkipUnreadable"] = "true";
        await ProduceAsync(stack, 0, "before");
        await ProduceUnreadableAsync(stack);
        await ProduceAsync(stack, 0, "behind");
        await stack.StartForwarderAsync();

        var lines = await stack.WaitForLinesAsync("""{namespace="default"}""", 2);
        Assert.Equal(["before", "behind"], lines.Select(line => line.Line).Order());
        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == LinesOfBatch + 2);

        var letter = Assert.Single(await stack.ReadAsync(Stack.DeadLetters)).Message;
        Assert.Equal("unreadable", Header(letter, DeadLetterHeaders.Reason));
        Assert.Equal("1", Header(letter, DeadLetterHeaders.Offset));
        Assert.Contains($"offsets 1 to {LinesOfBatch}", Header(letter, DeadLetterHeaders.Message), StringComparison.Ordinal);
    }

    private static async Task<Stack> StartAsync()
    {
        var stack = await Stack.StartAsync();
        stack.Settings["Aspire:Confluent:Kafka:Consumer:Config:FetchMaxBytes"] = "1000000";
        stack.Settings["Aspire:Confluent:Kafka:Consumer:Config:ReceiveMessageMaxBytes"] = "1001000";
        return stack;
    }

    private static async Task ProduceUnreadableAsync(Stack stack)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = stack.Broker.BootstrapServers,
            CompressionType = CompressionType.Zstd,
            MessageMaxBytes = 20_000_000,
            BatchSize = 20_000_000,
            BatchNumMessages = LinesOfBatch,
            LingerMs = 60_000,
        }).Build();
        var line = Encoding.UTF8.GetBytes(new string('x', 200));
        var partition = new TopicPartition(Stack.Topic, 0);
        await Task.WhenAll(Enumerable.Range(0,
            LinesOfBatch).Select(_ => producer.ProduceAsync(partition, new() { Value = line }, TestContext.Current.CancellationToken)));
    }

    private static async Task ProduceAsync(Stack stack, int partition, string line)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig { BootstrapServers = stack.Broker.BootstrapServers }).Build();
        await producer.ProduceAsync(new TopicPartition(Stack.Topic, partition), new() { Value = Encoding.UTF8.GetBytes(line) },
            TestContext.Current.CancellationToken);
    }

    private static string Header(Message<byte[], byte[]> letter, string name) => Encoding.UTF8.GetString(letter.Headers.GetLastBytes(name));
}
