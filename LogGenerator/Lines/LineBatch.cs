using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>Lines on their way to the sinks: one buffer for all their bytes, used again and again.</summary>
internal sealed class LineBatch
{
    /// <summary>The most lines in a batch.</summary>
    public const int MaxLines = 2_000;

    /// <summary>A batch takes no further line once it holds this many bytes.</summary>
    public const int MaxBytes = 512 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);
    private readonly BatchedLine[] _lines = new BatchedLine[MaxLines];

    public int Count { get; private set; }

    /// <summary>Those of its lines that have a trace.</summary>
    public int TracedLines { get; private set; }

    public long ByteCount => _bytes.WrittenCount;

    public bool IsFull => Count == MaxLines || _bytes.WrittenCount >= MaxBytes;

    public ReadOnlySpan<BatchedLine> Lines => _lines.AsSpan(0, Count);

    public void Add(LineKind kind, in LineContext context)
    {
        var offset = _bytes.WrittenCount;
        var info = kind.Write(_bytes, context);
        _lines[Count++] = new BatchedLine(offset, _bytes.WrittenCount - offset, context.Timestamp, info, context.Trace);
        if (context.Trace is not null)
            TracedLines++;
    }

    public ReadOnlySpan<byte> Bytes(in BatchedLine line) => _bytes.WrittenSpan.Slice(line.Offset, line.Length);

    /// <summary>Ends the first spans of the lines' traces: every sink has taken the lines.</summary>
    public void EndTraces()
    {
        if (TracedLines == 0)
            return;

        foreach (ref readonly var line in Lines)
            line.Trace?.SetTag("loggenerator.service", line.Info.Service.Text).SetTag("loggenerator.bytes", line.Length).Stop();
    }

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        Count = TracedLines = 0;
    }
}
