namespace Observability.Forwarder.Decoding;

/// <summary>Reads what a line says of itself: JSON, logfmt or text, found out from its first bytes. A line within an envelope is read as
/// well.</summary>
internal sealed class LineDecoder
{
    private readonly JsonLineDecoder _json = new();
    private byte[] _inner = new byte[1024];

    /// <summary>Reads the fields of one line into <paramref name="sink"/>.</summary>
    /// <param name="line">The line in UTF-8.</param>
    /// <param name="source">What the fields are given as.</param>
    /// <param name="sink">Receives the fields.</param>
    public void Read<TSink>(ReadOnlySpan<byte> line, FieldSource source, TSink sink)
        where TSink : ILineSink
    {
        var start = JsonText.SkipSpace(line, line.StartsWith(JsonText.ByteOrderMark) ? JsonText.ByteOrderMark.Length : 0);
        if (start == line.Length)
            return;
        if (line[start] == '{')
            ReadJson(line, source, sink, out _);
        else if (!LogfmtDecoder.IsLikely(line) || !LogfmtDecoder.TryReadFields(line, source, sink))
            ReadText(line, source, sink);
    }

    /// <summary>Reads the head of a line of text, or what a container engine put before the line.</summary>
    public void ReadText<TSink>(ReadOnlySpan<byte> line, FieldSource source, TSink sink)
        where TSink : ILineSink
    {
        if (!TryReadContainerLine(line, source, sink))
            TextLineDecoder.Read(line, source, sink);
    }

    /// <summary>Reads the fields of a JSON object, and those of the line within it when it is an envelope.</summary>
    /// <returns>Whether it is a whole object with nothing behind it but white space, or up to <paramref name="length"/>.</returns>
    public bool ReadJson<TSink>(ReadOnlySpan<byte> line, FieldSource source, TSink sink, out int length)
        where TSink : ILineSink
    {
        var isWhole = _json.TryReadFields(line, source, sink, out length);
        if (source == FieldSource.Line)
            ReadInner(sink);
        return isWhole;
    }

    private void ReadInner<TSink>(TSink sink)
        where TSink : ILineSink
    {
        var inner = sink.FindInner();
        if (inner.IsEmpty)
            return;

        // The sink's own memory moves when it takes more fields.
        if (_inner.Length < inner.Length)
            _inner = new byte[inner.Length * 2];
        inner.CopyTo(_inner);
        Read(_inner.AsSpan(0, inner.Length), FieldSource.Inner, sink);
    }

    // What containerd and CRI-O write: "2026-11-26T08:00:00.123456789Z stderr F the line".
    private bool TryReadContainerLine<TSink>(ReadOnlySpan<byte> line, FieldSource source, TSink sink)
        where TSink : ILineSink
    {
        var end = source == FieldSource.Line ? line[..Math.Min(line.Length, 40)].IndexOf((byte)' ') : -1;
        if (end < 16 || line.Length < end + 10)
            return false;
        var rest = line[end..];
        if (!(rest.StartsWith(" stdout "u8) || rest.StartsWith(" stderr "u8)) || rest[8] is not ((byte)'F' or (byte)'P') || rest[9] != ' '
            || !TimestampParser.TryParse(line[..end], out var time))
            return false;
        sink.SetHead(source, default, time);
        Read(rest[10..], FieldSource.Inner, sink);
        return true;
    }
}
