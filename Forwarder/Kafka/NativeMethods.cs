using System.Runtime.InteropServices;
using Observability.ServiceDefaults.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>The few calls of librdkafka that Confluent.Kafka does not offer: reading many records at once, without a copy and without an
/// object a record.</summary>
internal static unsafe partial class NativeMethods
{
    static NativeMethods() => LibrdkafkaResolver.Register(typeof(NativeMethods).Assembly);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_queue_get_consumer")]
    internal static partial nint QueueGetConsumer(nint client);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_queue_destroy")]
    internal static partial void QueueDestroy(nint queue);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_consume_batch_queue")]
    internal static partial nint ConsumeBatchQueue(nint queue, int timeoutMilliseconds, NativeMessage** messages, nuint size);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_message_destroy")]
    internal static partial void MessageDestroy(NativeMessage* message);

    // Reads two fields: it neither blocks nor calls back, so the runtime need not prepare for a call that lasts.
    [SuppressGCTransition]
    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_message_timestamp")]
    internal static partial long MessageTimestamp(NativeMessage* message, out int timestampType);

    // As above.
    [SuppressGCTransition]
    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_message_leader_epoch")]
    internal static partial int MessageLeaderEpoch(NativeMessage* message);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_message_headers")]
    internal static partial int MessageHeaders(NativeMessage* message, out nint headers);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_header_get_all")]
    internal static partial int HeaderGetAll(nint headers, nuint index, out byte* name, out byte* value, out nuint size);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_topic_name")]
    internal static partial byte* TopicName(nint topic);
}
