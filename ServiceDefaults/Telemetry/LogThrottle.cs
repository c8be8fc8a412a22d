namespace Observability.ServiceDefaults.Telemetry;

/// <summary>
/// Lets the first of many like messages through and then one per interval, so that an outage is a few lines and not a flood. Safe for any
/// thread.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="interval">The time between two messages.</param>
public sealed class LogThrottle(TimeProvider time, TimeSpan interval)
{
    private readonly Lock _lock = new();
    private long? _last;
    private long _held;

    /// <summary>Asks for a message.</summary>
    /// <param name="held">How many were held back since the last one.</param>
    /// <returns>Whether it is to be written.</returns>
    public bool TryPass(out long held)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_last is { } last && time.GetElapsedTime(last, now) < interval)
            {
                held = ++_held;
                return false;
            }

            (held, _held, _last) = (_held, 0, now);
            return true;
        }
    }
}
