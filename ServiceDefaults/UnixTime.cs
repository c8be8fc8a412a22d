namespace Observability.ServiceDefaults;

/// <summary>Nanoseconds since 1970, the unit of time of Loki and of OTLP.</summary>
public static class UnixTime
{
    /// <summary>A time in nanoseconds since 1970.</summary>
    /// <param name="utc">The time, in UTC.</param>
    public static long ToNanoseconds(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>A time in nanoseconds since 1970.</summary>
    /// <param name="time">The time.</param>
    public static long ToNanoseconds(DateTimeOffset time) => ToNanoseconds(time.UtcDateTime);
}
