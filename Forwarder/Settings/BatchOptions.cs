using Observability.ServiceDefaults.Settings;

namespace Observability.Forwarder.Settings;

#pragma warning disable CS1591 // SettingAttribute says what each setting is for.

/// <summary>When a batch is full, whichever comes first.</summary>
public sealed class BatchOptions
{
    [Setting("bytes of a push before compression; Loki's gRPC limit is 4 MiB", IsSize = true, Least = "1KiB", Most = 4_000_000)]
    public int MaxBytes { get; set; } = 1024 * 1024;

    [Setting("lines of a push", Least = 1, Most = 1_000_000)]
    public int MaxLines { get; set; } = 10_000;

    [Setting("how long the first line of a push waits for more", Least = "1ms", Most = "1m")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMilliseconds(500);
}
