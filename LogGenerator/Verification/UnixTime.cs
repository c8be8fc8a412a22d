namespace Observability.LogGenerator.Verification;

/// <summary>Loki's unit of time.</summary>
internal static class UnixTime
{
    public static long ToNanoseconds(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    public static long ToNanoseconds(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;
}
