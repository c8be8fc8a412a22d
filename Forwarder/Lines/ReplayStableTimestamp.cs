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
/// the next one's. A second holds 15,625,000 records of one line a partition, or 5,000 of 12,500 lines; a millisecond 15,625 or 20 of
/// 3,125.
/// </remarks>
internal static class ReplayStableTimestamp
{
    // Clocks finer than 100 ns (.NET's tick) are left alone.
    private const int FewestDigits = 2;

    // Places of a record with many lines, by the digits that are free; each divides what a partition has of them.
    private static readonly int[] Runs = [1, 1, 5, 25, 125, 625, 3_125, 12_500, 12_500, 12_500];

    private static readonly TickLayout[] OneLine = [.. Runs.Select((_, digits) => Layout(digits, 6, 1))];
    private static readonly TickLayout[] ManyLines = [.. Runs.Select((run, digits) => Layout(digits, 4, run))];

    /// <summary>Adds the digits where the clock left some open.</summary>
    /// <param name="nanoseconds">Unix time in nanoseconds, a multiple of the clock's tick.</param>
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

        var layout = isOfSeveral ? ManyLines[digits] : OneLine[digits];
        var slot = (Modulo(offset, layout.Records) * layout.Run) + index;
        if (slot >= layout.Slots)
            slot %= layout.Slots;
        return nanoseconds + (slot * layout.Partitions) + (partition & (layout.Partitions - 1));
    }

    /// <summary>Adds the digits by an identifier, which a repetition by the sender carries too: it then is merged as well.</summary>
    /// <param name="nanoseconds">Unix time in nanoseconds.</param>
    /// <param name="digits">The digits that its clock left open.</param>
    /// <param name="identifier">What tells the line from all others. Numbers at its end, behind a hyphen, keep the order in which they
    /// count.</param>
    public static long Refine(long nanoseconds, int digits, ReadOnlySpan<byte> identifier)
    {
        if (digits < FewestDigits)
            return nanoseconds;

        var layout = OneLine[digits];
        var hyphen = identifier.LastIndexOf((byte)'-');
        if (hyphen > 0 && System.Buffers.Text.Utf8Parser.TryParse(identifier[(hyphen + 1)..], out ulong number, out var used)
            && used == identifier.Length - hyphen - 1)
            return nanoseconds + ((long)(number % (ulong)layout.Slots) * layout.Partitions)
                + (long)(Hash(identifier[..hyphen]) % (ulong)layout.Partitions);
        return nanoseconds + (long)(Hash(identifier) % (ulong)(layout.Slots * layout.Partitions));
    }

    private static TickLayout Layout(int digits, int mostDoublings, int run)
    {
        var partitions = 1 << Math.Min(digits, mostDoublings);
        var slots = (long)Math.Pow(10, digits) / partitions;
        return new(partitions, slots, run, slots / run);
    }

    // A division of 64 bits takes several times as long as one of 32, and few offsets need it.
    private static long Modulo(long offset, long records) => offset <= uint.MaxValue ? (uint)offset % (uint)records : offset % records;

    // FNV-1a: the same in every process, which HashCode is not.
    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037;
        foreach (var value in bytes)
            hash = (hash ^ value) * 1099511628211;
        return hash ^ (hash >> 32);
    }
}
