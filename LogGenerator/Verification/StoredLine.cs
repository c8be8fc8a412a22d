namespace Observability.LogGenerator.Verification;

/// <summary>A line as the store shows it.</summary>
/// <param name="Timestamp">The store's timestamp, in nanoseconds since 1970.</param>
/// <param name="Sequence">The number that the line states; <see cref="Unreadable"/> without one, <see cref="Foreign"/> when it is another
/// run's.</param>
/// <param name="Change">What is wrong with its text, labels or metadata, for people; null when they are as they were sent.</param>
/// <param name="IsWhole">Whether the line's checksum holds, so that its number can be trusted.</param>
/// <param name="IsPrecise">Whether the line states its time to the digit, so that the store must show the very same.</param>
internal readonly record struct StoredLine(
    long Timestamp, long Sequence, string? Change = null, bool IsWhole = true, bool IsPrecise = false)
    : IComparable<StoredLine>
{
    /// <summary>A line of the run without a number that can be read.</summary>
    public const long Unreadable = 0;

    /// <summary>A line of another run.</summary>
    public const long Foreign = -1;

    /// <summary>By time, and by number within the same time: the store says nothing about order there.</summary>
    public int CompareTo(StoredLine other)
    {
        var byTime = Timestamp.CompareTo(other.Timestamp);
        return byTime != 0 ? byTime : Sequence.CompareTo(other.Sequence);
    }
}
