using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Observability.Embedded.EmbeddedKafka;
using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Sinks;

[Collection(ProcessWideMetrics.Name)]
public class KafkaSinkTests
{
    private const string Topic = "test-logs";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Every_line_becomes_a_record_and_they_spread_over_the_partitions()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { [Topic] = 4 } });
        await using var host = await StartAsync(broker);
        using var sink = host.Services.GetRequiredService<SinkFactory>().Create(SinkKind.Kafka);
        var random = new LineRandom(1);
        var sent = new List<string>();
        for (var batches = 0; batches < 40; batches++)
        {
            var batch = new LineBatch();
            for (var i = 0; i < 250; i++)
                batch.Add(LineCatalogue.Everyday.Pick(random), new LineContext(DateTime.UtcNow, random, i));
            sent.AddRange(batch.Texts());
            await sink.WriteAsync(batch, Token);

            // librdkafka keeps to one partition, chosen at random, for sticky.partitioning.linger.ms: without a pause all could go within a
            // few choices.
            await sink.FlushAsync(Token);
        }

        var records = ReadAll(broker, sent.Count);
        Assert.Equal(sent.Order(), records.Select(record => System.Text.Encoding.Latin1.GetString(record.Message.Value)).Order());
        Assert.Equal((0L, 0L), (sink.PendingLines, sink.FailedLines));
        Assert.Equal(4, records.Select(record => record.Partition).Distinct().Count());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broker_that_is_down_makes_the_sink_wait_and_loses_nothing()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { [Topic] = 2 } });
        await using var host = await StartAsync(broker, ("Aspire:Confluent:Kafka:Producer:Config:QueueBufferingMaxMessages", "100"));
        using var sink = host.Services.GetRequiredService<SinkFactory>().Create(SinkKind.Kafka);
        broker.TakeDown();
        var batch = new LineBatch();
        for (var i = 0; i < 1_000; i++)
            batch.Add(new RequestProcessedLine(), new LineContext(DateTime.UtcNow, new LineRandom((ulong)i), i));

        var writing = sink.WriteAsync(batch, Token).AsTask();
        while (sink.PendingLines < 100)
            await Task.Delay(10, Token);
        Assert.False(writing.IsCompleted);
        Assert.Equal(100, sink.PendingLines);

        broker.BringUp();
        await writing;
        await sink.FlushAsync(Token);

        Assert.Equal(batch.Texts().Order(),
            ReadAll(broker, 1_000).Select(record => System.Text.Encoding.UTF8.GetString(record.Message.Value)).Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_that_the_broker_refuses_for_good_is_counted()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { [Topic] = 1 } });
        await using var host = await StartAsync(broker);
        using var sink = host.Services.GetRequiredService<SinkFactory>().Create(SinkKind.Kafka);
        var batch = new LineBatch();
        batch.Add(new RequestProcessedLine(), new LineContext(DateTime.UtcNow, new LineRandom(1), 1));
        broker.FailNext(KafkaApi.Produce, ErrorCode.TopicAuthorizationFailed);

        await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(Token);

        Assert.Equal((1L, 0L), (sink.FailedLines, sink.PendingLines));
        await host.WaitForMetricAsync("loggenerator_send_errors_total{", value => value == 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_traced_line_has_a_record_with_the_context_of_its_sending_and_no_other_has_headers()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { [Topic] = 1 } });
        await using var host = await StartAsync(broker);
        using var sink = host.Services.GetRequiredService<SinkFactory>().Create(SinkKind.Kafka);
        using var spans = new SentSpans();
        var batch = new LineBatch();
        foreach (var trace in new[] { null, SentSpans.Begin(), null })
            batch.Add(new RequestProcessedLine(), new LineContext(DateTime.UtcNow, new LineRandom(1), 1, trace));

        await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(Token);

        var records = ReadAll(broker, 3);
        Assert.Equal([0, 1, 0], records.Select(record => record.Message.Headers.Count));
        var span = Assert.Single(spans.Ended);
        Assert.Equal(span.Id, System.Text.Encoding.ASCII.GetString(records[1].Message.Headers.GetLastBytes("traceparent")));
        Assert.Equal((batch.Lines[1].Trace!.SpanId, "send test-logs"), (span.ParentSpanId, span.DisplayName));
        Assert.Equal(
            ("kafka", Topic, "0", records[1].Offset.Value),
            (span.GetTagItem("messaging.system"), span.GetTagItem("messaging.destination.name"),
                span.GetTagItem("messaging.destination.partition.id"), span.GetTagItem("messaging.kafka.offset")));
    }

    private static Task<GeneratorHost> StartAsync(EmbeddedKafkaBroker broker,
        params IEnumerable<(string Key, string Value)> settings) => GeneratorHost.StartAsync(
        settings.Concat([("ConnectionStrings:kafka", broker.BootstrapServers), ("LogGenerator:Enabled", "false")]));

    private static List<ConsumeResult<Ignore, byte[]>> ReadAll(EmbeddedKafkaBroker broker, int count)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = "test",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Subscribe(Topic);
        var records = new List<ConsumeResult<Ignore, byte[]>>();
        while (records.Count < count)
            records.Add(consumer.Consume(Token));
        return records;
    }
}
