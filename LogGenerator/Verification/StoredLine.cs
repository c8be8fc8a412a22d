namespace Observability.LogGenerator.Verification;

/// <summary>A line as the store shows it.</summary>
/// <param name="Timestamp">The store's timestamp, in nanoseconds since 1970.</param>
/// <param name="Sequence">The line's number.</param>
internal readonly record struct StoredLine(long Timestamp, long Sequence) : IComparable<StoredLine>
{
    /// <summary>By time, and by number within the same time: the store says nothing about order there.</summary>
    public int CompareTo(StoredLine other)
    {
        var byTime = Timestamp.CompareTo(other.Timestamp);
        return byTime != 0 ? byTime : Sequence.CompareTo(other.Sequence);
    }
}
