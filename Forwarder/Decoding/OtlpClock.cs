namespace Observability.Forwarder.Decoding;

/// <summary>
/// Tells how fine the clock is that made the times of a request: OTLP has nanoseconds for all, a clock of whole seconds leaves nine zeros.
/// One time alone may end in zeros by chance, so that it counts as no coarser than milliseconds.
/// </summary>
internal struct OtlpClock()
{
    private const int MillisecondDigits = 6;

    private int _digits = 9;
    private long _unit = 1_000_000_000;
    private int _times;

    /// <summary>The digits of a nanosecond that no time used; -1 without a time.</summary>
    public readonly int Digits => _times switch
    {
        0 => -1,
        1 => Math.Min(_digits, MillisecondDigits),
        _ => _digits,
    };

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
