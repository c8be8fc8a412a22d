using System.ComponentModel;

namespace Observability.Forwarder.Settings;

/// <summary>When a batch is full, whichever comes first.</summary>
public sealed class BatchOptions
{
    /// <summary>Bytes of a push before compression.</summary>
    [Description("Bytes of a push before compression: 1024 to 4000000 (Loki's gRPC limit is 4 MiB)")]
    public int MaxBytes { get; set; } = 1024 * 1024;

    /// <summary>Lines of a push.</summary>
    [Description("Lines of a push: 1 to 1000000")]
    public int MaxLines { get; set; } = 10_000;

    /// <summary>How long the first line of a push may wait for the last.</summary>
    [Description("How long a line waits for more: 1 ms to 1 min")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMilliseconds(500);
}
