using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Observability.Embedded.EmbeddedKafka;

/// <summary>
/// A Kafka broker inside this process: librdkafka's mock cluster, which speaks the real protocol over TCP on 127.0.0.1. A stand-in for
/// development and tests: nothing is durable, access is not controlled, and little is kept.
/// </summary>
/// <remarks>
/// <para>
/// <b>Retention.</b> A partition keeps its newest 5 MiB or 100,000 record batches, whichever is less. The bytes are those of the batches as
/// the producer sent them: compressed, with 61 bytes of header each. Trimming happens while a batch is appended, whole batches at a
/// time, and does not look at what consumers have read: one that falls behind gets <c>OffsetOutOfRange</c> and follows its
/// <c>auto.offset.reset</c>.
/// </para>
/// <para>
/// <b>Consumer groups.</b> With <c>group.protocol=consumer</c> (KIP-848) joining, leaving, death, static membership and commits work as on
/// a real broker, each within a few heartbeat intervals; use it where you can. The classic protocol works, slowly
/// (<c>rdkafka_mock_cgrp.c</c> of librdkafka 2.15.0, seen with 2.16.0):
/// </para>
/// <list type="bullet">
/// <item>
/// A group that has or had members waits out a join window of <c>session.timeout.ms</c> less one second before it assigns anything, even
/// when all members have joined, and also when its only member has left: 44 s with Kafka's default of 45 s, which looks like a member that
/// never gets an assignment. <c>session.timeout.ms=2000</c> with <c>heartbeat.interval.ms=100</c> makes it one second.
/// </item>
/// <item>
/// Cooperative rebalancing takes two such windows. A dead member is noticed between one and two session timeouts later: it is looked for
/// once a second, and the window follows.
/// </item>
/// <item>
/// Commits are refused (<c>RebalanceInProgress</c>) during the window, so one made on revocation is lost and the records since the
/// last periodic commit are delivered again.
/// </item>
/// <item><c>group.instance.id</c> is ignored: a static member that restarts is a third one until its predecessor's session ends.</item>
/// <item>
/// A member that asks for its assignment after the leader has handed it in is refused and starts another round; all members must offer
/// the same assignor first, or librdkafka aborts the process.
/// </item>
/// </list>
/// <para>
/// <b>Fetch.</b> One batch a partition and request. A fetch that finds nothing waits for its full <c>fetch.wait.max.ms</c>
/// (500 ms by default), whatever arrives meanwhile, so a small value makes a prompt consumer. A batch that a producer sends again because
/// the answer was lost is stored twice, with <c>enable.idempotence</c> too, unless the producer is transactional.
/// </para>
/// </remarks>
public sealed class EmbeddedKafkaBroker : IDisposable
{
    /// <summary>The <c>brokerId</c> that means all brokers.</summary>
    public const int AllBrokers = -1;

    /// <summary>Bytes a partition keeps: 5 MiB of record batches as they came over the wire (<c>rdkafka_mock.c</c>:
    /// <c>max_size</c>).</summary>
    public const int RetentionBytesPerPartition = 5 * 1024 * 1024;

    /// <summary>Record batches a partition keeps (<c>rdkafka_mock.c</c>: <c>max_cnt</c>).</summary>
    public const int RetentionBatchesPerPartition = 100_000;

    private readonly KafkaClientHandle _client;
    private readonly MockClusterHandle _cluster;
    private readonly List<TcpRelay> _relays = [];
    private readonly Lazy<IAdminClient> _admin;
    private readonly ConcurrentDictionary<string, int> _partitions = new(StringComparer.Ordinal);

    private EmbeddedKafkaBroker(KafkaClientHandle client, MockClusterHandle cluster)
    {
        _client = client;
        _cluster = cluster;
        BootstrapServers = Marshal.PtrToStringUTF8(Librdkafka.GetBootstraps(cluster))!;
        _admin = new(() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers })
            .SetLogHandler(static (_, _) => { })
            .Build());
    }

    /// <summary>The brokers' addresses, such as <c>127.0.0.1:9092</c>, separated by commas.</summary>
    public string BootstrapServers { get; private set; }

    /// <summary>Starts the brokers and creates the topics.</summary>
    /// <param name="options">Brokers, port, topics and timings.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The port is in use.</exception>
    /// <exception cref="KafkaException">A topic cannot be created.</exception>
    public static EmbeddedKafkaBroker Start(EmbeddedKafkaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Brokers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Brokers, 100);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Port, options.Port == 0 ? 0 : IPEndPoint.MaxPort + 1 - options.Brokers);

        var client = NewClient();
        var cluster = Librdkafka.NewCluster(client, options.Brokers);
        if (cluster.IsInvalid)
        {
            client.Dispose();
            throw new InvalidOperationException("librdkafka could not start its mock cluster: no loopback socket to listen on.");
        }

        var broker = new EmbeddedKafkaBroker(client, cluster);
        try
        {
            broker.Configure(options);
            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    /// <summary>Creates a topic. A client that asks for an unknown topic's metadata creates it too, with 4 partitions.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="partitions">Its number of partitions, from 1.</param>
    /// <exception cref="KafkaException">The topic exists.</exception>
    public void CreateTopic(string name, int partitions = EmbeddedKafkaOptions.DefaultPartitions)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        Check(Librdkafka.CreateTopic(_cluster, name, partitions, replicationFactor: 1));
        _partitions[name] = partitions;
    }

    /// <summary>Makes the next requests of a kind fail, one with each of the errors, in their order, whoever sends them to whichever
    /// broker.</summary>
    /// <param name="api">The kind of request.</param>
    /// <param name="errors">
    /// What to answer. <see cref="ErrorCode.Local_Transport"/> closes the client's connection instead, before the request
    /// took effect; <see cref="ErrorCode.NoError"/> lets one pass.
    /// </param>
    public void FailNext(KafkaApi api, params ReadOnlySpan<ErrorCode> errors) =>
        Librdkafka.PushRequestErrors(_cluster, (short)api, (nuint)errors.Length, errors);

    /// <summary>Forgets the errors of <see cref="FailNext"/> that no request has met yet.</summary>
    /// <param name="api">The kind of request.</param>
    public void StopFailing(KafkaApi api) => Librdkafka.ClearRequestErrors(_cluster, (short)api);

    /// <summary>Delays every answer.</summary>
    /// <param name="latency">The delay, in whole milliseconds; zero ends it, and sends at once what was waiting.</param>
    /// <param name="brokerId">The broker, or <see cref="AllBrokers"/>.</param>
    public void SetLatency(TimeSpan latency, int brokerId = AllBrokers) =>
        Check(Librdkafka.SetRoundTripTime(_cluster, brokerId, Milliseconds(latency)));

    /// <summary>Breaks all connections to a broker and refuses new ones. What it stores stays; no other broker takes its
    /// partitions.</summary>
    /// <param name="brokerId">The broker, or <see cref="AllBrokers"/>.</param>
    public void TakeDown(int brokerId = AllBrokers) => Check(Librdkafka.SetDown(_cluster, brokerId));

    /// <summary>Lets a broker accept connections again, at the same address.</summary>
    /// <param name="brokerId">The broker, or <see cref="AllBrokers"/>.</param>
    public void BringUp(int brokerId = AllBrokers) => Check(Librdkafka.SetUp(_cluster, brokerId));

    /// <summary>Moves a partition's leadership; clients find the new leader by themselves.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="brokerId">The new leader, or -1 for none.</param>
    public void MoveLeader(string topic, int partition, int brokerId) =>
        Check(Librdkafka.SetLeader(_cluster, topic, partition, brokerId));

    /// <summary>Reads where partitions begin and end: the first offset that is still kept, and the one that the next record gets.</summary>
    /// <param name="topics">Topics of <see cref="CreateTopic"/> or the options.</param>
    /// <returns>The offsets of each partition.</returns>
    /// <exception cref="KafkaException">The brokers are down.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, WatermarkOffsets>> GetWatermarksAsync(params IEnumerable<string> topics)
    {
        var partitions = PartitionsOf(topics);
        var first = OffsetsAsync(partitions, OffsetSpec.Earliest());
        var next = OffsetsAsync(partitions, OffsetSpec.Latest());
        var (low, high) = (await first, await next);
        return partitions.ToDictionary(partition => partition, partition => new WatermarkOffsets(low[partition], high[partition]));
    }

    /// <summary>Reads where partitions end: the offset that the next record gets, which is the number of records produced so far.</summary>
    /// <param name="topics">Topics of <see cref="CreateTopic"/> or the options.</param>
    /// <returns>The offset of each partition.</returns>
    /// <exception cref="KafkaException">The brokers are down.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, Offset>> GetEndOffsetsAsync(params IEnumerable<string> topics) =>
        await OffsetsAsync(PartitionsOf(topics), OffsetSpec.Latest());

    /// <summary>Counts the records that a consumer group has not committed yet.</summary>
    /// <param name="group">The group's id.</param>
    /// <param name="topics">Topics of <see cref="CreateTopic"/> or the options.</param>
    /// <exception cref="KafkaException">The brokers are down.</exception>
    public async Task<long> CountUncommittedAsync(string group, params IEnumerable<string> topics)
    {
        var committed = await GetCommittedOffsetsAsync(group, topics);
        var ends = await GetEndOffsetsAsync(topics);
        return ends.Sum(end => end.Value.Value - committed[end.Key]);
    }

    /// <summary>Where a consumer group goes on in each partition; 0 where it has committed nothing.</summary>
    /// <param name="group">The group's id.</param>
    /// <param name="topics">Topics of <see cref="CreateTopic"/> or the options.</param>
    /// <exception cref="KafkaException">The brokers are down.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> GetCommittedOffsetsAsync(string group, params IEnumerable<string> topics)
    {
        var committed = await _admin.Value.ListConsumerGroupOffsetsAsync(
            [new ConsumerGroupTopicPartitions(group, [.. PartitionsOf(topics)])],
            new ListConsumerGroupOffsetsOptions { RequestTimeout = AdminTimeout });
        return committed.Single().Partitions.ToDictionary(partition => partition.TopicPartition,
            partition => Math.Max(0, partition.Offset.Value));
    }

    /// <summary>Stops the brokers and forgets what they store.</summary>
    public void Dispose()
    {
        if (_admin.IsValueCreated)
            _admin.Value.Dispose();
        _relays.ForEach(relay => relay.Dispose());
        _cluster.Dispose();
        _client.Dispose();
    }

    private static TimeSpan AdminTimeout => TimeSpan.FromSeconds(5);

    private static KafkaClientHandle NewClient()
    {
        var configuration = Librdkafka.NewConfiguration();
        // The instance only carries the cluster and connects to nothing, so all it could log is that it has no bootstrap servers.
        Librdkafka.SetLogCallback(configuration, 0);
        Span<byte> error = stackalloc byte[512];
        var client = Librdkafka.NewClient(Librdkafka.ProducerType, configuration, error, (nuint)error.Length);
        return client.IsInvalid
            ? throw new InvalidOperationException($"librdkafka: {Encoding.UTF8.GetString(error[..error.IndexOf((byte)0)])}")
            : client;
    }

    private void Configure(EmbeddedKafkaOptions options)
    {
        Librdkafka.SetGroupInitialRebalanceDelay(_cluster, Milliseconds(options.GroupInitialRebalanceDelay));
        Librdkafka.SetConsumerProtocolSessionTimeout(_cluster, Milliseconds(options.ConsumerProtocolSessionTimeout));
        Librdkafka.SetConsumerProtocolHeartbeatInterval(_cluster, Milliseconds(options.ConsumerProtocolHeartbeatInterval));
        if (options.Port > 0)
            RelayFrom(options.Port);
        foreach (var (name, partitions) in options.Topics)
            CreateTopic(name, partitions);
    }

    private void RelayFrom(int firstPort)
    {
        var addresses = BootstrapServers.Split(',').Select(IPEndPoint.Parse).ToList();
        for (var i = 0; i < addresses.Count; i++)
        {
            _relays.Add(TcpRelay.Start(firstPort + i, addresses[i]));
            // Clients go where the metadata sends them, so the brokers must advertise the relay.
            Librdkafka.SetAdvertisedAddress(_cluster, broker: i + 1, IPAddress.Loopback.ToString(), firstPort + i);
        }

        BootstrapServers = string.Join(',', addresses.Select((_, i) => $"{IPAddress.Loopback}:{firstPort + i}"));
    }

    private List<TopicPartition> PartitionsOf(IEnumerable<string> topics) =>
        [.. topics.SelectMany(topic => Enumerable.Range(0, _partitions[topic]).Select(partition => new TopicPartition(topic, partition)))];

    private async Task<Dictionary<TopicPartition, Offset>> OffsetsAsync(List<TopicPartition> partitions, OffsetSpec spec)
    {
        var result = await _admin.Value.ListOffsetsAsync(
            partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = spec }),
            new ListOffsetsOptions { RequestTimeout = AdminTimeout });
        return result.ResultInfos.ToDictionary(
            info => info.TopicPartitionOffsetError.TopicPartition,
            info => info.TopicPartitionOffsetError.Offset);
    }

    private static int Milliseconds(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return checked((int)time.TotalMilliseconds);
    }

    private static void Check(ErrorCode error)
    {
        if (error != ErrorCode.NoError)
            throw new KafkaException(error);
    }
}
