using System.Runtime.InteropServices;

namespace Observability.Forwarder.Kafka;

/// <summary><c>rd_kafka_message_t</c> of librdkafka (<c>rdkafka.h</c>), laid out as in C.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct NativeMessage
{
    public readonly int Error;
    public readonly nint Topic;
    public readonly int Partition;
    public readonly byte* Payload;
    public readonly nuint PayloadLength;
    public readonly byte* Key;
    public readonly nuint KeyLength;
    public readonly long Offset;
    private readonly nint _private;
}
