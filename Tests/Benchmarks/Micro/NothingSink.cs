using Observability.Forwarder.Decoding;

namespace Observability.Benchmarks.Micro;

/// <summary>Wants every field and keeps none.</summary>
internal sealed class NothingSink : ILineSink
{
    public int FindField(ReadOnlySpan<byte> name) => 0;

    public bool HasField(int field) => false;

    public void SetField(int field, ReadOnlySpan<byte> value)
    {
    }

    public void SetTimestamp(long nanoseconds)
    {
    }

    public void ShareFields()
    {
    }

    public void ClearFields()
    {
    }

    public void AddLine(ReadOnlySpan<byte> line)
    {
    }
}
