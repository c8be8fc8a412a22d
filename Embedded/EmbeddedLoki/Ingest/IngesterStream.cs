using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// What the ingester remembers of a stream while it has it in memory; forgotten when the stream was idle for long enough.
/// </summary>
/// <param name="limiter">The stream's own rate limiter; null when there is no limit.</param>
/// <param name="now">Time of the first push, nanoseconds.</param>
internal sealed class IngesterStream(TokenBucket? limiter, long now)
{
    private byte[] _lastLine = [];
    private byte[] _lastMetadata = [];
    private long _lastTimestamp;
    private bool _hasLast;

    /// <summary>Held for the length of a push to the stream.</summary>
    public Lock Gate { get; } = new();

    public TokenBucket? Limiter { get; } = limiter;

    /// <summary>Nanoseconds; <see cref="long.MinValue"/> before the first entry. The out-of-order window hangs on it.</summary>
    public long HighestTimestamp { get; private set; } = long.MinValue;

    /// <summary>When the stream last got an entry, nanoseconds.</summary>
    public long LastUpdate { get; private set; } = now;

    /// <summary>True once the ingester has let the stream go: a writer that still holds it must ask for a new one.</summary>
    public bool Removed { get; set; }

    /// <summary>Whether an entry is the very one that was stored last: such a one is passed over before any limit is looked at.</summary>
    public bool IsLast(long timestamp, ReadOnlySpan<byte> line, ReadOnlySpan<byte> metadata) =>
        _hasLast && timestamp == _lastTimestamp && line.SequenceEqual(_lastLine) && metadata.SequenceEqual(_lastMetadata);

    public void Stored(long timestamp, ReadOnlySpan<byte> line, ReadOnlySpan<byte> metadata, long highest, long now)
    {
        (_lastTimestamp, _lastLine, _lastMetadata, _hasLast) = (timestamp, line.ToArray(), metadata.ToArray(), true);
        HighestTimestamp = Math.Max(HighestTimestamp, highest);
        LastUpdate = now;
    }
}
