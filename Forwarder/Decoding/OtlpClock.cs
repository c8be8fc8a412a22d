namespace Observability.Forwarder.Decoding;

/// <summary>
/// Tells how fine the clock is that made the times of a request: OTLP has nanoseconds for all, a clock of whole seconds leaves nine zeros.
/// Few times may end in zeros by chance: one alone counts as no coarser than milliseconds, and a handful that end in three to five zeros
/// count as .NET's ticks of 100 ns. More digits would put every tenth line of such a clock behind lines that were written after it.
/// </summary>
internal struct OtlpClock()
{
    private const int MillisecondDigits = 6;
    private const int TickDigits = 2;

    // By then the chance that all of a tick's times end in three zeros is one in 10^8.
    private const int EnoughTimes = 8;

    private int _digits = 9;
    private long _unit = 1_000_000_000;
    private int _times;

    /// <summary>The digits of a nanosecond that no time used; -1 without a time.</summary>
    public readonly int Digits => _times switch
    {
        0 => -1,
        < EnoughTimes when _digits is > TickDigits and < MillisecondDigits => TickDigits,
        1 => Math.Min(_digits, MillisecondDigits),
        _ => _digits,
    };

    /// <summary>The digits that the clock of one time left open, where the times of its request are not known.</summary>
    /// <param name="time">The time in nanoseconds.</param>
    public static int DigitsOf(long time)
    {
        var clock = new OtlpClock();
        clock.Add(time);
        return clock.Digits;
    }

    /// <summary>Adds a time in nanoseconds; 0 is none.</summary>
    public void Add(long time)
    {
        if (time == 0)
            return;
        _times++;
        for (; time % _unit != 0; _digits--)
            _unit /= 10;
    }
}
