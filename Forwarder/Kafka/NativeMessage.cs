using System.Runtime.CompilerServices;
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

    /// <summary>A message that librdkafka did not make, for tests.</summary>
    public NativeMessage(int error, nint topic, int partition, long offset, ReadOnlySpan<byte> pinnedValue, byte* key, int keyLength)
    {
        Error = error;
        Topic = topic;
        Partition = partition;
        Offset = offset;
        Payload = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinnedValue));
        PayloadLength = (nuint)pinnedValue.Length;
        Key = key;
        KeyLength = (nuint)keyLength;
    }
}
