namespace Observability.Forwarder.Lines;

/// <summary>
/// Gives a timestamp that is no finer than a millisecond its missing digits. Loki merges entries of a stream that agree
/// in timestamp, line and structured metadata, so two genuine equal lines of one millisecond would become one. The
/// digits are a function of where the line stands in Kafka, so a replay gets the same ones and is still merged.
/// </summary>
internal static class ReplayStableTimestamp
{
    private const long Millisecond = 1_000_000;

    // 64 * 15,625 = 1,000,000: a partition (modulo 64) owns every 64th nanosecond of a millisecond.
    private const int Partitions = 64;
    private const int Slots = (int)(Millisecond / Partitions);

    // Consecutive records lie this far apart, which leaves room for the lines of one record and keeps 256 consecutive
    // records in order. Coprime to Slots, so 15,625 consecutive records of one line each never share a slot.
    private const int RecordStride = 61;

    /// <summary>Adds the digits where there are none.</summary>
    /// <param name="nanoseconds">Unix time in nanoseconds.</param>
    /// <param name="partition">The record's partition.</param>
    /// <param name="offset">The record's offset.</param>
    /// <param name="index">The line's place within the record, from 0.</param>
    /// <returns>The same time, made unique below the millisecond.</returns>
    public static long Refine(long nanoseconds, int partition, long offset, int index)
    {
        if (nanoseconds % Millisecond != 0)
            return nanoseconds;

        var slot = (((offset % Slots) * RecordStride) + index) % Slots;
        return nanoseconds + (slot * Partitions) + (partition % Partitions);
    }
}
