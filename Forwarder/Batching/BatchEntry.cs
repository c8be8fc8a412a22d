using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Batching;

/// <summary>One line in a batch.</summary>
internal struct BatchEntry
{
    /// <summary>Where its encoded bytes (<see cref="EntryEncoding.WriteEntry"/>) start in the batch's buffer.</summary>
    public int Start;

    /// <summary>How many bytes they are.</summary>
    public int Length;

    /// <summary>The record that it comes from, as a place in the batch's records.</summary>
    public int Record;

    /// <summary>Its place within that record, from 0.</summary>
    public int Index;

    /// <summary>Its stream, as a place in the batch's streams.</summary>
    public int Stream;

    /// <summary>Unix time in nanoseconds.</summary>
    public long Timestamp;
}
