using Observability.Forwarder.Decoding;
using Observability.Forwarder.Lines;

namespace Observability.Forwarder.Tests.Formats;

/// <summary>Notes which of the wanted fields a line has.</summary>
internal sealed class SeenFields(LabelSchema schema) : ILineSink
{
    private FieldSet _fields;

    public FieldSet Fields => _fields;

    object ILineSink.Fields => schema.Fields;

    public int FindField(ReadOnlySpan<byte> path) => schema.Fields.Find(path);

    public bool IsParent(ReadOnlySpan<byte> path) => schema.IsParent(path);

    public void SetField(int field, FieldSource source, ReadOnlySpan<byte> value) => _fields.Add(field);

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
