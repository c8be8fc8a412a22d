using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// Walks one stream's entries in [from, to), forward or backward, and stops at those that pass the pipeline. It looks at one chunk at a
/// time,
/// so a query that has enough after a few lines reads no more than that.
/// </summary>
internal sealed class StreamCursor(
    LogStream stream, Pipeline pipeline, ParserHints hints, QueryStatistics statistics, long from, long to, bool forward)
{
    private readonly Chunk[] _chunks = stream.ChunksIn(from, to);
    private int _nextChunk;
    private ChunkSlice _slice = new([], []);
    private int _position;

    public Line Line { get; } = new(stream.Labels, hints);

    public long Timestamp => Line.Timestamp;

    /// <summary>How often the entry came again in a later block.</summary>
    public int Copies { get; private set; }

    public bool MoveNext(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_position < _slice.Entries.Length)
            {
                var i = forward ? _position : _slice.Entries.Length - 1 - _position;
                _position++;
                ref readonly var entry = ref _slice.Entries[i];
                // A chunk may have thousands of lines, and a line take a while.
                if ((++statistics.Lines & 255) == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                statistics.Bytes += entry.LineLength;
                Copies = entry.Copies;
                Line.Reset(entry.Timestamp, _slice.Line(i), _slice.Metadata(i));
                if (pipeline.Process(Line))
                    return true;
            }

            if (_nextChunk == _chunks.Length)
                return false;
            cancellationToken.ThrowIfCancellationRequested();
            _slice = stream.Slice(_chunks[forward ? _nextChunk : _chunks.Length - 1 - _nextChunk], from, to);
            _nextChunk++;
            _position = 0;
        }
    }
}
