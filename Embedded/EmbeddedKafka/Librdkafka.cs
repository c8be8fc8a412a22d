using System.Runtime.InteropServices;
using Confluent.Kafka;
using Observability.ServiceDefaults.Kafka;

namespace Observability.Embedded.EmbeddedKafka;

/// <summary>
/// The functions of librdkafka that Confluent.Kafka does not expose: a bare client instance and the mock cluster
/// (<c>rdkafka.h</c>, <c>rdkafka_mock.h</c> of librdkafka 2.16.0).
/// </summary>
/// <remarks>
/// The variadic functions of the mock (<c>rd_kafka_mock_push_request_errors</c>, <c>..._error_rtts</c>) are left out:
/// .NET has no portable call for them, and the array form does the same.
/// </remarks>
internal static partial class Librdkafka
{
    internal const int ProducerType = 0;

    static Librdkafka() => LibrdkafkaResolver.Register(typeof(Librdkafka).Assembly);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_conf_new")]
    internal static partial nint NewConfiguration();

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_conf_set_log_cb")]
    internal static partial void SetLogCallback(nint configuration, nint callback);

    /// <summary>Creates a client and takes over <paramref name="configuration"/> when it succeeds.</summary>
    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_new")]
    internal static partial KafkaClientHandle NewClient(int type, nint configuration, Span<byte> error, nuint errorSize);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_destroy")]
    internal static partial void DestroyClient(nint client);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_cluster_new")]
    internal static partial MockClusterHandle NewCluster(KafkaClientHandle client, int brokers);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    internal static partial void DestroyCluster(nint cluster);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    internal static partial nint GetBootstraps(MockClusterHandle cluster);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ErrorCode CreateTopic(MockClusterHandle cluster, string topic, int partitions, int replicationFactor);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    internal static partial void SetGroupInitialRebalanceDelay(MockClusterHandle cluster, int milliseconds);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_set_group_consumer_session_timeout_ms")]
    internal static partial void SetConsumerProtocolSessionTimeout(MockClusterHandle cluster, int milliseconds);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_set_group_consumer_heartbeat_interval_ms")]
    internal static partial void SetConsumerProtocolHeartbeatInterval(MockClusterHandle cluster, int milliseconds);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_broker_set_host_port",
        StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void SetAdvertisedAddress(MockClusterHandle cluster, int broker, string host, int port);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    internal static partial void PushRequestErrors(MockClusterHandle cluster, short apiKey, nuint count, ReadOnlySpan<ErrorCode> errors);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_clear_request_errors")]
    internal static partial void ClearRequestErrors(MockClusterHandle cluster, short apiKey);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    internal static partial ErrorCode SetRoundTripTime(MockClusterHandle cluster, int broker, int milliseconds);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_broker_set_down")]
    internal static partial ErrorCode SetDown(MockClusterHandle cluster, int broker);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_broker_set_up")]
    internal static partial ErrorCode SetUp(MockClusterHandle cluster, int broker);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_mock_partition_set_leader",
        StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ErrorCode SetLeader(MockClusterHandle cluster, string topic, int partition, int broker);
}
