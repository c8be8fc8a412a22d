namespace Observability.Forwarder.Delivery;

/// <summary>What this Forwarder knows of one stream of one tenant in Loki. Shared by all senders; times are ticks of
/// <see cref="TimeProvider.GetTimestamp"/>.</summary>
internal sealed class StreamAccount
{
    private readonly Lock _lock = new();
    private double _bytes;
    private long _chargedAt;
    private long _storedAt;
    private long _noRoomUntil;
    private long _noRoomSince;
    private bool _isClaimed;
    private bool _isLimited;

    /// <summary>
    /// Whether lines of the stream wait since a limit of Loki's does not let them pass, so that further lines wait behind them. A sender
    /// says so, and <see cref="LimitedStreams"/> when it is over.
    /// </summary>
    public bool IsLimited
    {
        get => Volatile.Read(ref _isLimited);
        set => Volatile.Write(ref _isLimited, value);
    }

    /// <summary>When it was used last.</summary>
    public long LastUsed { get; set; }

    /// <summary>Takes the bytes of a push out of the stream's bucket.</summary>
    /// <param name="bytes">Bytes of lines and structured metadata.</param>
    /// <param name="limits">How large the bucket is and how fast it fills.</param>
    /// <param name="now">The time.</param>
    /// <param name="frequency">Ticks per second.</param>
    /// <returns>The part of the bucket that is left, 1 for all of it; negative when the push is larger than what was there.</returns>
    public double Charge(long bytes, StreamLimits limits, long now, long frequency)
    {
        lock (_lock)
        {
            var (rate, burst) = (limits.Rate, limits.Burst);
            _bytes = _chargedAt == 0 ? burst : Math.Min(burst, _bytes + ((now - _chargedAt) * rate / frequency));
            _chargedAt = now;
            _bytes = Math.Max(-burst, _bytes - bytes);
            return _bytes / burst;
        }
    }

    /// <summary>Takes all that is left: Loki said that it is.</summary>
    public void Empty(long now)
    {
        lock (_lock)
            (_bytes, _chargedAt) = (Math.Min(0, _bytes), now);
    }

    /// <summary>Whether Loki surely has the stream in memory, so that its stream limit cannot concern it.</summary>
    /// <param name="since">Since when lines must have been stored.</param>
    public bool IsKnown(long since) => Volatile.Read(ref _storedAt) > since;

    /// <summary>Notes that Loki has stored lines of the stream.</summary>
    public void Stored(long now)
    {
        Volatile.Write(ref _storedAt, now);
        Volatile.Write(ref _noRoomUntil, 0);
        Volatile.Write(ref _noRoomSince, 0);
    }

    /// <summary>Whether Loki lately had no room for the stream.</summary>
    public bool HasNoRoom(long now) => now < Volatile.Read(ref _noRoomUntil);

    /// <summary>Notes that Loki has no room for the stream.</summary>
    /// <returns>Since when it has had none.</returns>
    public long NoRoom(long now, long until)
    {
        Volatile.Write(ref _storedAt, 0);
        Volatile.Write(ref _noRoomUntil, until);
        Interlocked.CompareExchange(ref _noRoomSince, now, 0);
        return Volatile.Read(ref _noRoomSince);
    }

    /// <summary>Takes on the first push of the stream, so that several senders do not do so at once.</summary>
    /// <returns>Whether nobody else has.</returns>
    public bool Claim() => !Interlocked.Exchange(ref _isClaimed, true);

    /// <summary>Gives up a claim, once the push has its answer.</summary>
    public void Unclaim() => Volatile.Write(ref _isClaimed, false);
}
