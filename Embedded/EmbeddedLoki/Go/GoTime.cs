using System.Globalization;

namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>Times as nanoseconds since the Unix epoch, and as Go prints them.</summary>
internal static class GoTime
{
    public static long ToNanoseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100;

    public static long ToNanoseconds(TimeSpan duration) => duration.Ticks * 100;

    /// <summary><c>2026-11-24T17:30:00Z</c>: Go's time.RFC3339, seconds only.</summary>
    public static string Rfc3339(long nanoseconds) => Rfc3339(FromNanoseconds(nanoseconds));

    public static string Rfc3339(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>2026-11-24 17:30:00.123456789 +0000 UTC</c>: Go's Time.String, trailing zeros of the fraction left out.</summary>
    public static string ToText(long nanoseconds)
    {
        var fraction = ((nanoseconds % 1_000_000_000) + 1_000_000_000) % 1_000_000_000;
        var digits = fraction == 0 ? "" : "." + fraction.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return FromNanoseconds(nanoseconds).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + digits
            + " +0000 UTC";
    }

    /// <summary>Rounded down to .NET's 100 ns.</summary>
    public static DateTimeOffset FromNanoseconds(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((nanoseconds / 100) - (nanoseconds % 100 < 0 ? 1 : 0));
}
