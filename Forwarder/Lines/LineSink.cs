using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Lines;

/// <summary>
/// A <see cref="LineBuilder"/> as a decoder takes it: for a structure the runtime compiles decoders of their own, which call the builder
/// directly and inline what is small. Through the interface a line of JSON makes some thirty calls, a tenth of its way into a batch.
/// </summary>
/// <param name="lines">The builder.</param>
internal readonly struct LineSink(LineBuilder lines) : ILineSink
{
    /// <inheritdoc/>
    public object Fields => lines.Fields;

    /// <inheritdoc/>
    public int FindField(ReadOnlySpan<byte> path) => lines.FindField(path);

    /// <inheritdoc/>
    public bool IsParent(ReadOnlySpan<byte> path) => lines.IsParent(path);

    /// <inheritdoc/>
    public void SetField(int field, FieldSource source, ReadOnlySpan<byte> value) => lines.SetField(field, source, value);

    /// <inheritdoc/>
    public void AddAttribute(FieldSource source, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        lines.AddAttribute(source, name, value);

    /// <inheritdoc/>
    public void SetHead(FieldSource source, ReadOnlySpan<byte> level, ParsedTime time) => lines.SetHead(source, level, time);

    /// <inheritdoc/>
    public void SetSeverity(ReadOnlySpan<byte> text, int number) => lines.SetSeverity(text, number);

    /// <inheritdoc/>
    public void SetTime(ParsedTime time) => lines.SetTime(time);

    /// <inheritdoc/>
    public void SetObservedTime(long nanoseconds) => lines.SetObservedTime(nanoseconds);

    /// <inheritdoc/>
    public void SetIdentifier(ReadOnlySpan<byte> identifier) => lines.SetIdentifier(identifier);

    /// <inheritdoc/>
    public void SetTrace(ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId) => lines.SetTrace(traceId, spanId);

    /// <inheritdoc/>
    public void BeginSeveral() => lines.BeginSeveral();

    /// <inheritdoc/>
    public ReadOnlySpan<byte> FindInner() => lines.FindInner();

    /// <inheritdoc/>
    public void ShareFields() => lines.ShareFields();

    /// <inheritdoc/>
    public void ClearFields() => lines.ClearFields();

    /// <inheritdoc/>
    public void AddLine(ReadOnlySpan<byte> line) => lines.AddLine(line);
}
