using System.Runtime.InteropServices;

namespace Observability.Embedded.EmbeddedKafka;

/// <summary>Owns an <c>rd_kafka_t</c>, the client instance that a mock cluster needs for its bookkeeping.</summary>
internal sealed class KafkaClientHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Librdkafka.DestroyClient(handle);
        return true;
    }
}
