using System.Text;
using Confluent.Kafka;
using Observability.Embedded.EmbeddedKafka;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Kafka;

/// <summary>Records as they come over the wire.</summary>
public sealed class RecordReaderTests
{
    private const string Topic = "logs";
    private const string None = "(none)";

    private static readonly (string? Value, string?[] Headers)[] Records =
    [
        ("a", []), ("b", ["x"]), ("", []), ("", ["of an empty value"]), (null, []), (null, ["of a tombstone"]), ("c", ["", null, "z"]),
        ("\0", []), ("ends with zeros\0\0", ["\0"]), (new string('d', 40_000), []), (new string('e', 40_000), ["behind a long value"]),
        ("many", [.. Enumerable.Range(0, 200).Select(number => $"{number}")]), ("last", []),
    ];

    [Theory(Timeout = 60_000)]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Zstd)]
    [InlineData(CompressionType.Lz4)]
    public async Task A_record_has_the_headers_that_it_was_sent_with(CompressionType compression)
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions());
        broker.CreateTopic(Topic, 1);
        await ProduceAsync(broker.BootstrapServers, compression);

        Assert.Equal(
            Records.Select(record => string.Join('|', [record.Value, .. record.Headers.Select(header => header ?? None)])),
            Read(broker.BootstrapServers, TestContext.Current.CancellationToken));
    }

    /// <summary>A read holds on to whole batches of the broker's.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_read_is_of_a_megabyte_or_so_however_large_the_records_are()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions());
        broker.CreateTopic(Topic, 1);
        await ProduceAsync(broker.BootstrapServers, records: 100, bytes: 40_000);
        await ProduceAsync(broker.BootstrapServers, records: 1_000, bytes: 1);

        var reads = ReadUntilFull(broker.BootstrapServers, TestContext.Current.CancellationToken);

        // 26 records of 40,000 bytes are the first megabyte.
        Assert.All(reads.Skip(1), read => Assert.InRange(read.Bytes, 1, 1_100_000));
        Assert.Equal(100, reads.Sum(read => read.Bytes / 40_000));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_read_of_the_first_record_waits_for_no_other()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions());
        broker.CreateTopic(Topic, 1);
        await ProduceAsync(broker.BootstrapServers, records: 3, bytes: 10);
        using var consumer = Assigned(broker.BootstrapServers);
        using var reader = new RecordReader(consumer, 3);

        // An hour: the test would time out.
        Assert.Equal(1, reader.Read(TimeSpan.FromHours(1), onlyFirst: true));
        Assert.Equal(2, reader.Read(TimeSpan.FromMilliseconds(100)));
    }

    private static async Task ProduceAsync(string brokers, int records, int bytes)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = brokers, LingerMs = 20 }).Build();
        var sent = Enumerable.Range(0, records).Select(
            _ => producer.ProduceAsync(new TopicPartition(Topic, 0), new() { Value = new byte[bytes] }));
        await Task.WhenAll(sent);
    }

    // Reads until a read of small records is as long as it may be.
    private static List<(int Records, long Bytes)> ReadUntilFull(string brokers, CancellationToken stop)
    {
        const int Size = 50;
        using var consumer = Assigned(brokers);
        using var reader = new RecordReader(consumer, Size);
        List<(int Records, long Bytes)> reads = [];
        while (reads is not [.., { Records: Size, Bytes: Size }])
        {
            stop.ThrowIfCancellationRequested();
            var count = reader.Read(TimeSpan.FromSeconds(1));
            if (count > 0)
                reads.Add((count, Enumerable.Range(0, count).Sum(i => (long)reader[i].PayloadLength)));
        }

        return reads;
    }

    private static async Task ProduceAsync(string brokers, CompressionType compression)
    {
        using var producer = new ProducerBuilder<Null, byte[]?>(
            new ProducerConfig { BootstrapServers = brokers, CompressionType = compression, LingerMs = 20 }).Build();
        await Task.WhenAll(Records.Select(record =>
        {
            var headers = new Headers();
            foreach (var (place, value) in record.Headers.Index())
                headers.Add($"header-{place}", Bytes(value));
            return producer.ProduceAsync(new TopicPartition(Topic, 0), new() { Value = Bytes(record.Value)!, Headers = headers });
        }));
    }

    private static List<string> Read(string brokers, CancellationToken stop)
    {
        using var consumer = Assigned(brokers);
        using var reader = new RecordReader(consumer, Records.Length);
        List<string> read = [];
        while (read.Count < Records.Length && !stop.IsCancellationRequested)
        {
            var count = reader.Read(TimeSpan.FromMilliseconds(100));
            for (var i = 0; i < count; i++)
                read.Add(string.Join('|', [Value(reader, i), .. reader.Headers(i)?.Select(header => Text(header.Value)) ?? []]));
        }

        return read;
    }

    private static IConsumer<byte[], byte[]> Assigned(string brokers)
    {
        var configuration = new ConsumerConfig { BootstrapServers = brokers, GroupId = "none" };
        var consumer = new ConsumerBuilder<byte[], byte[]>(configuration).Build();
        consumer.Assign(new TopicPartitionOffset(Topic, 0, Offset.Beginning));
        return consumer;
    }

    private static unsafe string? Value(RecordReader reader, int index)
    {
        ref readonly var message = ref reader[index];
        Assert.Equal(0, message.Error);
        return message.Payload == null ? null : Encoding.UTF8.GetString(message.Payload, (int)message.PayloadLength);
    }

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static string Text(byte[]? bytes) => bytes is null ? None : Encoding.UTF8.GetString(bytes);
}
