using Observability.Forwarder.Streams;

namespace Observability.Forwarder.Batching;

/// <summary>The lines of one stream in a batch, all together.</summary>
internal struct BatchStream
{
    public LogStream Stream;

    /// <summary>How many lines.</summary>
    public int Count;

    /// <summary>Bytes of their encoded entries.</summary>
    public int Bytes;

    /// <summary>The earliest time of a line: Unix time in nanoseconds.</summary>
    public long Oldest;

    /// <summary>Where the stream's lines start in <see cref="Batch.Order"/>, once that is made.</summary>
    public int Start;
}
