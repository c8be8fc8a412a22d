using Observability.Forwarder.Batching;
using Observability.Forwarder.Labels;

namespace Observability.Benchmarks.Micro;

/// <summary>Takes lines and forgets them.</summary>
internal sealed class NothingWriter : ILineWriter
{
    public void Write(RecordContext record, ReadOnlySpan<byte> tenant, LogStream stream, long timestamp, ReadOnlySpan<byte> line, ReadOnlySpan<byte> metadata)
    {
    }
}
