using Observability.Forwarder.Decoding;

namespace Observability.Benchmarks.Micro;

/// <summary>Wants every field and keeps none.</summary>
internal sealed class NothingSink : ILineSink
{
    public object Fields => this;

    public int FindField(ReadOnlySpan<byte> path) => 0;

    public bool IsParent(ReadOnlySpan<byte> path) => false;

    public void SetField(int field, FieldSource source, ReadOnlySpan<byte> value)
    {
    }

    public void AddAttribute(FieldSource source, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
    }

    public void SetHead(FieldSource source, ReadOnlySpan<byte> level, ParsedTime time)
    {
    }

    public void SetSeverity(ReadOnlySpan<byte> text, int number)
    {
    }

    public void SetTime(ParsedTime time)
    {
    }

    public void SetObservedTime(long nanoseconds)
    {
    }

    public void SetIdentifier(ReadOnlySpan<byte> identifier)
    {
    }

    public void SetTrace(ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId)
    {
    }

    public void BeginSeveral()
    {
    }

    public ReadOnlySpan<byte> FindInner() => default;

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
