namespace Observability.LogGenerator.Verification;

/// <summary>When each line was sent. One writer, any number of readers; numbers count from 1.</summary>
internal sealed class SentLines(int capacity)
{
    // Timestamps no finer than a millisecond get other digits on their way, which would change their order.
    private const long TicksPerMillisecond = TimeSpan.TicksPerMillisecond;

    private readonly long[] _ticks = new long[capacity];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The timestamp of a line that was sent, in UTC.</summary>
    public DateTime this[int sequence] => new(_ticks[sequence - 1], DateTimeKind.Utc);

    /// <summary>Adds the next line, and gives it a timestamp later than that of the line before and finer than a millisecond.</summary>
    /// <param name="now">The time, in UTC.</param>
    public DateTime Add(DateTime now)
    {
        var ticks = _count == 0 ? now.Ticks : Math.Max(now.Ticks, _ticks[_count - 1] + 1);
        if (ticks % TicksPerMillisecond == 0)
            ticks++;
        _ticks[_count] = ticks;
        Volatile.Write(ref _count, _count + 1);
        return new DateTime(ticks, DateTimeKind.Utc);
    }

    /// <summary>The number of the line that was sent within the 100 ns of a timestamp; 0 when none was.</summary>
    /// <param name="nanoseconds">The timestamp, in nanoseconds since 1970.</param>
    public int Find(long nanoseconds)
    {
        var ticks = DateTime.UnixEpoch.Ticks + (nanoseconds / TimeSpan.NanosecondsPerTick);
        var at = Array.BinarySearch(_ticks, 0, Count, ticks);
        return at >= 0 ? at + 1 : 0;
    }
}
