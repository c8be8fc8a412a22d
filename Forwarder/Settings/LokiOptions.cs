using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Settings;

namespace Observability.Forwarder.Settings;

#pragma warning disable CS1591 // SettingAttribute says what each setting is for.

/// <summary>How Loki is talked to. Its address is <c>ConnectionStrings:loki</c>.</summary>
public sealed class LokiOptions : HttpAccess
{
    /// <summary>One stream per push. Loki answers 204 when an ingester refused lines of any stream but the last one of a push.</summary>
    [Setting("one stream per push: slower, but no refusal of an ingester hides behind that of another stream")]
    public bool OneStreamPerPush { get; set; }

    /// <summary>
    /// Bytes per second that Loki takes of one stream, its <c>per_stream_rate_limit</c>. A Forwarder counts on a third of it, so that
    /// three may write the same streams.
    /// </summary>
    [Setting("Loki's per_stream_rate_limit in bytes a second; streams near it are pushed alone, so that no refusal hides", IsSize = true,
        Least = "1KiB", Most = "1000GiB")]
    public long StreamRate { get; set; } = 3 * 1024 * 1024;

    /// <summary>Bytes that Loki takes of one stream at once, its <c>per_stream_rate_limit_burst</c>. A Forwarder counts on a third of
    /// it.</summary>
    [Setting("Loki's per_stream_rate_limit_burst in bytes", IsSize = true, Least = "1KiB", Most = "1000GiB")]
    public long StreamBurst { get; set; } = 15 * 1024 * 1024;

    /// <summary>Loki's <c>ingester.max_chunk_age</c>: a line that is half of it older than the newest of its stream is refused.</summary>
    [Setting("Loki's ingester.max_chunk_age; lines nearly half of it old are pushed stream by stream, so that no refusal hides",
        Least = "1m", Most = "720h")]
    public TimeSpan MaxChunkAge { get; set; } = TimeSpan.FromHours(2);

    [Setting("field that names the tenant of a line; lines without it, or with one that Loki does not take, use Tenant", Value = "NAME")]
    public string? TenantField { get; set; }

    [Setting("how long an answer may take", Least = "1s", Most = "10m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    [Setting("pause before the first retry, doubled for each further one", Least = "10ms", Most = "1m")]
    public TimeSpan MinBackoff { get; set; } = TimeSpan.FromMilliseconds(100);

    [Setting("longest pause between retries, unless Loki asks for a longer one", Least = "10ms", Most = "10m")]
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(10);

    [Setting("longest pause that Loki or a proxy may ask for (Retry-After)", Least = "1s", Most = "1h")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(1);
}
