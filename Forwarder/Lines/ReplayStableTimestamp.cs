namespace Observability.Forwarder.Lines;

/// <summary>
/// Gives a timestamp the digits that its clock left open. Loki merges entries of a stream that agree in timestamp, line and structured
/// metadata, so two genuine equal lines of one tick would become one. The digits are a function of where the line stands in Kafka, so a
/// replay gets the same ones and is still merged. They rise with the offset and the place within the record: the lines of a partition keep
/// their order, but where the digits start anew, once in as many records as fit.
/// </summary>
/// <remarks>
/// The places of a tick (10^9 in a second, 10^6 in a millisecond) are dealt out to the partitions in turn, as 2^n do that divide them. Each
/// place of a partition belongs to one record of one line; or a record of many lines gets a run of places, so that no record reaches into
/// the next one's. A second holds 15,625,000 records of one line a partition, or 5,000 of 12,500 lines; a millisecond 15,625 or 20 of 3,125.
/// </remarks>
internal static class ReplayStableTimestamp
{
    // Clocks finer than 100 ns (.NET's tick) are left alone.
    private const int FewestDigits = 2;

    private static readonly long[] Places = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    // Places of a record with many lines, by the digits that are free; each divides what a partition has of them.
    private static readonly int[] Runs = [1, 1, 5, 25, 125, 625, 3_125, 12_500, 12_500, 12_500];

    /// <summary>Adds the digits where the clock left some open.</summary>
    /// <param name="nanoseconds">Unix time in nanoseconds.</param>
    /// <param name="digits">The digits that its clock left open: 9 for whole seconds, 6 for milliseconds.</param>
    /// <param name="partition">The record's partition.</param>
    /// <param name="offset">The record's offset.</param>
    /// <param name="index">The line's place within the record, from 0.</param>
    /// <param name="isOfSeveral">Whether the record is of a kind that holds several lines.</param>
    /// <returns>The same time, made unique within its tick.</returns>
    public static long Refine(long nanoseconds, int digits, int partition, long offset, int index, bool isOfSeveral)
    {
        if (digits < FewestDigits)
            return nanoseconds;

        var (places, partitions, slots) = Layout(digits, isOfSeveral ? 4 : 6);
        var run = isOfSeveral ? Runs[digits] : 1;
        var slot = (((offset % (slots / run)) * run) + index) % slots;
        return Floor(nanoseconds, places) + (slot * partitions) + (partition % partitions);
    }

    /// <summary>Adds the digits by an identifier, which a repetition by the sender carries too: it then is merged as well.</summary>
    /// <param name="nanoseconds">Unix time in nanoseconds.</param>
    /// <param name="digits">The digits that its clock left open.</param>
    /// <param name="identifier">What tells the line from all others. Numbers at its end, behind a hyphen, keep the order in which they count.</param>
    public static long Refine(long nanoseconds, int digits, ReadOnlySpan<byte> identifier)
    {
        if (digits < FewestDigits)
            return nanoseconds;

        var (places, senders, slots) = Layout(digits, 6);
        var hyphen = identifier.LastIndexOf((byte)'-');
        if (hyphen > 0 && System.Buffers.Text.Utf8Parser.TryParse(identifier[(hyphen + 1)..], out ulong number, out var used) && used == identifier.Length - hyphen - 1)
            return Floor(nanoseconds, places) + ((long)(number % (ulong)slots) * senders) + (long)(Hash(identifier[..hyphen]) % (ulong)senders);
        return Floor(nanoseconds, places) + (long)(Hash(identifier) % (ulong)places);
    }

    private static (long Places, int Partitions, long Slots) Layout(int digits, int mostDoublings)
    {
        var places = Places[digits];
        var partitions = 1 << Math.Min(digits, mostDoublings);
        return (places, partitions, places / partitions);
    }

    // FNV-1a: the same in every process, which HashCode is not.
    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037;
        foreach (var value in bytes)
            hash = (hash ^ value) * 1099511628211;
        return hash ^ (hash >> 32);
    }

    private static long Floor(long nanoseconds, long places) => nanoseconds - (nanoseconds % places);
}
