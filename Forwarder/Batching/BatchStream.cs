using Observability.Forwarder.Streams;

namespace Observability.Forwarder.Batching;

/// <summary>The lines of one stream in a batch: a list through <see cref="BatchEntry.Next"/>.</summary>
internal struct BatchStream
{
    public LogStream Stream;
    public int First;
    public int Last;
}
