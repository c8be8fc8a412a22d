using System.Buffers;
using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Sinks;

/// <summary>
/// Writes a line each to a stream, as a container does for Alloy to read. A line feed within a line is written as
/// <c>\n</c>, since container runtimes cut their records at line feeds.
/// </summary>
/// <param name="stream">The stream, which is flushed after each batch.</param>
internal sealed class StdoutSink(Stream stream) : ILogSink
{
    public const string SinkName = "stdout";

    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);

    public string Name => SinkName;

    public string Target => "standard output";

    public long DeliveredLines { get; private set; }

    public long FailedLines => 0;

    public string? Trouble => null;

    // A batch is taken only once it is delivered.
    public long PendingLines => 0;

    public async ValueTask WriteAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        _buffer.ResetWrittenCount();
        foreach (ref readonly var line in batch.Lines)
            Append(batch.Bytes(line));
        try
        {
            await stream.WriteAsync(_buffer.WrittenMemory, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            throw new IOException($"standard output cannot be written: {exception.Message}", exception);
        }

        DeliveredLines += batch.Count;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Dispose()
    {
        // The stream belongs to the process.
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        for (int feed; (feed = line.IndexOf((byte)'\n')) >= 0; line = line[(feed + 1)..])
        {
            _buffer.Write(line[..feed]);
            _buffer.Write("\\n"u8);
        }

        _buffer.Write(line);
        _buffer.Write("\n"u8);
    }
}
