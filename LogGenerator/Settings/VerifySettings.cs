using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Settings;

#pragma warning disable CS1591 // SettingAttribute says what each setting is for.

/// <summary>The settings under <c>LogGenerator:Verify</c>: how any verification works, and the service's own, which never ends.</summary>
public sealed class VerifySettings : HttpAccess
{
    [Setting("whether the running service verifies all the time")]
    public bool Enabled { get; set; }

    [Setting("lines a second of the service's own verification", Least = LogGeneratorSettings.MinimumRate, Most = 10_000.0)]
    public double Rate { get; set; } = 1;

    [Setting("how long a round of the service's own verification sends", Least = "1s", Most = "1d")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    [Setting("how long after its round's end a line of the service's own verification counts as missing", Least = "1s", Most = "1d")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(60);

    [Setting("pause between two looks at the store", Least = "10ms", Most = "10m")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    [Setting(
        "how long after the last line has appeared the store is read once more, for duplicates that come late",
        Least = "0s", Most = "1h")]
    public TimeSpan Settle { get; set; } = TimeSpan.FromSeconds(5);

    [Setting("labels that must have the value that the line itself states", Value = "NAMES")]
    public List<string> Labels { get; set; } = ["namespace", "service", "level"];

    [Setting(
        "structured metadata that must have the value that the line itself states",
        Value = "NAMES", Default = "pod; with stdout none")]
    public List<string>? Metadata { get; set; }

    /// <summary>One sink: a line that goes two ways is rightly shown twice.</summary>
    [Setting("where verification lines go: kafka, otlp or stdout", Value = "NAME", Default = "kafka, or the first of Sinks")]
    public SinkKind? Sink { get; set; }
}
