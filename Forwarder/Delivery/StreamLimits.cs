using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// What Loki takes of a single stream, as far as is known: from the settings, and lowered for good by what a refusal
/// says. Shared by all senders.
/// </summary>
internal sealed class StreamLimits
{
    // So many Forwarders may write the same streams without one's pushes spending what another counts on.
    private const double Share = 3;

    // Loki takes lines of the near future (creation_grace_period), which move a stream's window ahead of the clock.
    private static readonly TimeSpan Future = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private TimeSpan _window;
    private double _rate;
    private double _burst;

    public StreamLimits(LokiOptions options)
    {
        (_rate, _burst) = (options.StreamRate / Share, options.StreamBurst / Share);
        _window = options.MaxChunkAge / 2;
    }

    /// <summary>Bytes per second that this Forwarder may count on.</summary>
    public double Rate => Volatile.Read(ref _rate);

    /// <summary>Bytes at once that this Forwarder may count on.</summary>
    public double Burst => Volatile.Read(ref _burst);

    /// <summary>
    /// The age from which on a line may be too far behind, whoever else writes its stream: nobody's line can be newer than
    /// the near future, and what is younger than that less the window is always taken.
    /// </summary>
    public TimeSpan LateAfter
    {
        get
        {
            lock (_lock)
            {
                var safe = (_window * 5 / 6) - Future;
                return safe > _window / 3 ? safe : _window / 3;
            }
        }
    }

    /// <summary>Takes in what a refusal names as a stream's limit.</summary>
    /// <param name="rate">Bytes per second.</param>
    public void LowerRate(long rate)
    {
        lock (_lock)
        {
            // The burst is not named. Less than half a second's worth would be an odd setting.
            _rate = Math.Min(_rate, Math.Max(1, rate / Share));
            _burst = Math.Min(_burst, Math.Max(1, rate / 2.0));
        }
    }

    /// <summary>Takes in that a line was too far behind.</summary>
    /// <param name="oldestAcceptable">What the refusal names as the oldest acceptable time.</param>
    /// <param name="now">The time of the refusal.</param>
    /// <returns>Whether the window is smaller than was thought.</returns>
    public bool LowerWindow(DateTimeOffset oldestAcceptable, DateTimeOffset now)
    {
        // The stream's newest line is at most as far in the future as Loki allows, so the window is at most this.
        var most = now + Future - oldestAcceptable;
        lock (_lock)
        {
            if (most >= _window)
                return false;
            _window = most > TimeSpan.FromSeconds(1) ? most : TimeSpan.FromSeconds(1);
            return true;
        }
    }
}
