namespace Observability.Forwarder.Batching;

/// <summary>Lines of a batch that make one push.</summary>
/// <param name="Lines">Lines as places in the batch's entries; those of one stream stand together.</param>
/// <param name="Stream">Their stream, as a place in the batch's streams, or one of the constants.</param>
/// <param name="Refusals">How often a rate limit has refused them as they are.</param>
/// <param name="RefusedSince">When a rate limit first refused them as they are, in ticks of <see cref="TimeProvider.GetTimestamp"/>; 0 for
/// never.</param>
/// <param name="Wait">How long they take at the rate of the limit that has refused them: sooner they cannot pass.</param>
internal readonly record struct PushPiece(
    ReadOnlyMemory<int> Lines, int Stream, int Refusals = 0, long RefusedSince = 0, TimeSpan Wait = default)
{
    /// <summary>Lines of streams that may share a push.</summary>
    public const int Shared = -1;

    /// <summary>Lines of streams that Loki has no room for: they go to the overflow stream.</summary>
    public const int Overflow = -2;

    /// <summary>Whether it holds several streams, of whose refusals only that of the last would be told.</summary>
    public bool IsShared => Stream == Shared;

    /// <summary>The first and the second half of the lines.</summary>
    public (PushPiece First, PushPiece Second) Halves(int refusals = 0)
    {
        var middle = Lines.Length / 2;
        return (this with { Lines = Lines[..middle], Refusals = refusals, RefusedSince = 0 },
            this with { Lines = Lines[middle..], Refusals = refusals, RefusedSince = 0 });
    }
}
