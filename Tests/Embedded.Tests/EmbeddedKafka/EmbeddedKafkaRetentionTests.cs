using Confluent.Kafka;
using Observability.Embedded.EmbeddedKafka;

namespace Observability.Embedded.Tests.EmbeddedKafka;

/// <summary>
/// The limits are librdkafka's own (<c>rd_kafka_mock_msgset_new</c>); the tests hold what this project relies on, for a
/// future version of the library.
/// </summary>
public sealed class EmbeddedKafkaRetentionTests
{
    private const int StallSeconds = 60;
    private const int LinesPerSecond = 1000;

    [Fact(Timeout = 60_000)]
    public async Task A_partition_keeps_its_newest_5_MiB_in_whole_batches()
    {
        var ct = TestContext.Current.CancellationToken;
        using var broker = EmbeddedKafkaBroker.Start(new() { Topics = { [KafkaClients.Topic] = 1 } });
        const int batches = 60, batchOverhead = 61 + 9, line = 100_000;
        using (var producer = broker.CreateProducer())
        {
            // One record a request, so one record a batch.
            for (var i = 0; i < batches; i++)
                await producer.ProduceAsync(KafkaClients.Topic, new() { Value = new string('x', line) }, ct);
        }

        var kept = Assert.Single(await broker.GetWatermarksAsync(KafkaClients.Topic)).Value;

        Assert.Equal(batches, kept.High.Value);
        Assert.Equal(EmbeddedKafkaBroker.RetentionBytesPerPartition / (line + batchOverhead), kept.High.Value - kept.Low.Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task Compressed_batches_count_with_their_compressed_size()
    {
        var ct = TestContext.Current.CancellationToken;
        using var broker = EmbeddedKafkaBroker.Start(new() { Topics = { [KafkaClients.Topic] = 1 } });
        using (var producer = broker.CreateProducer(config => config.CompressionType = CompressionType.Lz4))
        {
            for (var i = 0; i < 60; i++)
                await producer.ProduceAsync(KafkaClients.Topic, new() { Value = new string('x', 100_000) }, ct);
        }

        Assert.Equal(0, Assert.Single(await broker.GetWatermarksAsync(KafkaClients.Topic)).Value.Low.Value);
    }

    /// <summary>
    /// Incompressible lines of 300 bytes: the worst that the default run produces. Each partition has its turn: librdkafka's partitioner
    /// changes
    /// partitions by time, evenly over a minute but not in the burst of this test.
    /// </summary>
    [Fact(Timeout = 60_000)]
    public async Task The_default_partitions_keep_one_minute_of_a_thousand_lines_a_second()
    {
        var ct = TestContext.Current.CancellationToken;
        using var broker = EmbeddedKafkaBroker.Start(new() { Topics = { [KafkaClients.Topic] = EmbeddedKafkaOptions.DefaultPartitions } });
        var random = new Random(1);
        var bytes = new byte[225];
        using (var producer = broker.CreateProducer(config => config.CompressionType = CompressionType.None))
        {
            for (var i = 0; i < StallSeconds * LinesPerSecond; i++)
            {
                random.NextBytes(bytes);
                producer.Produce(new TopicPartition(KafkaClients.Topic, i % EmbeddedKafkaOptions.DefaultPartitions),
                    new() { Value = Convert.ToBase64String(bytes) });
            }

            producer.Flush(ct);
        }

        var lines = await broker.ReadAllAsync(StallSeconds * LinesPerSecond, ct);

        Assert.Equal(StallSeconds * LinesPerSecond, lines.Select(line => line.TopicPartitionOffset).Distinct().Count());
    }
}
