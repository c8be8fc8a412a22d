using System.Runtime.InteropServices;

namespace Observability.Embedded.EmbeddedKafka;

/// <summary>Owns an <c>rd_kafka_mock_cluster_t</c>: its brokers, their sockets and all that is stored.</summary>
internal sealed class MockClusterHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Librdkafka.DestroyCluster(handle);
        return true;
    }
}
