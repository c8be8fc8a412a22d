using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Observability.Embedded.EmbeddedKafka;

namespace Observability.Embedded.Tests.EmbeddedKafka;

public sealed class EmbeddedKafkaBrokerTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task What_is_produced_is_consumed_with_its_headers_and_timestamp(CompressionType compression)
    {
        var ct = TestContext.Current.CancellationToken;
        using var broker = EmbeddedKafkaBroker.Start(new() { Topics = { [KafkaClients.Topic] = 1 } });
        using var producer = broker.CreateProducer(config => config.CompressionType = compression);
        var sent = new Message<Null, string>
        {
            Value = new string('ü', 1000),
            Headers = new Headers { { "h", [1, 2, 3] } },
            Timestamp = new Timestamp(1_700_000_000_123, TimestampType.CreateTime),
        };

        await producer.ProduceAsync(KafkaClients.Topic, sent, ct);
        var received = Assert.Single(await broker.ReadAllAsync(count: 1, ct)).Message;

        Assert.Equal(sent.Value, received.Value);
        Assert.Equal([1, 2, 3], received.Headers.GetLastBytes("h"));
        Assert.Equal(sent.Timestamp.UnixTimestampMs, received.Timestamp.UnixTimestampMs);
    }

    [Fact(Timeout = 60_000)]
    public async Task Watermarks_tell_what_each_partition_holds()
    {
        var ct = TestContext.Current.CancellationToken;
        using var broker = EmbeddedKafkaBroker.Start(new() { Topics = { [KafkaClients.Topic] = 3, ["empty"] = 1 } });
        using var producer = broker.CreateProducer();
        foreach (var partition in new[] { 0, 2, 2 })
            await producer.ProduceAsync(new TopicPartition(KafkaClients.Topic, partition), new() { Value = "line" }, ct);

        var watermarks = await broker.GetWatermarksAsync(KafkaClients.Topic, "empty");

        Assert.Equal(
            [("empty", 0, 0L), ("lines", 0, 1L), ("lines", 1, 0L), ("lines", 2, 2L)],
            watermarks.Select(w => (w.Key.Topic, w.Key.Partition.Value, w.Value.High.Value)).Order());
        Assert.All(watermarks.Values, w => Assert.Equal(0, w.Low.Value));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_fixed_port_is_what_clients_see_in_the_metadata_too()
    {
        var ct = TestContext.Current.CancellationToken;
        var port = FreePort.Find();
        using var broker = EmbeddedKafkaBroker.Start(new() { Topics = { [KafkaClients.Topic] = 1 }, Port = port });
        using var producer = broker.CreateProducer();
        await producer.ProduceAsync(KafkaClients.Topic, new() { Value = "line" }, ct);

        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        var advertised = Assert.Single(admin.GetMetadata(TimeSpan.FromSeconds(10)).Brokers);

        Assert.Equal($"127.0.0.1:{port}", broker.BootstrapServers);
        Assert.Equal(("127.0.0.1", port), (advertised.Host, advertised.Port));
        Assert.Single(await broker.ReadAllAsync(count: 1, ct));
    }

    [Fact]
    public void A_port_in_use_is_an_error_at_the_start()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = Assert.Throws<SocketException>(() => EmbeddedKafkaBroker.Start(new() { Port = port }));

        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Fact]
    public void A_topic_is_created_once()
    {
        using var broker = EmbeddedKafkaBroker.Start(new() { Topics = { [KafkaClients.Topic] = 1 } });

        var error = Assert.Throws<KafkaException>(() => broker.CreateTopic(KafkaClients.Topic, 2));

        Assert.Equal(ErrorCode.TopicAlreadyExists, error.Error.Code);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedKafkaBroker.Start(new() { Brokers = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedKafkaBroker.Start(new() { Port = 65536 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedKafkaBroker.Start(new() { Topics = { ["t"] = 0 } }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => EmbeddedKafkaBroker.Start(new() { GroupInitialRebalanceDelay = TimeSpan.FromSeconds(-1) }));
    }
}
