using Observability.ServiceDefaults.Settings;

namespace Observability.AllInOne.Scenarios;

#pragma warning disable CS1591 // SettingAttribute says what each setting is for.

/// <summary>The settings under <c>Scenario</c>.</summary>
internal sealed class ScenarioSettings : ISettings
{
    /// <inheritdoc/>
    public static string Section => "Scenario";

    [Setting("how long Kafka is away", Least = "1s", Most = "1h")]
    public TimeSpan Outage { get; set; } = TimeSpan.FromSeconds(10);

    [Setting("lines a second that are sent", Least = 100, Most = 100_000)]
    public int Rate { get; set; } = 2000;

    [Setting(
        "an OTLP/HTTP receiver in the embedded collector's place: an Alloy whose KAFKA_BROKERS is this command's broker",
        Value = "URL",
        Example = "http://127.0.0.1:4318")]
    public Uri? Otlp { get; set; }

    [Setting("port of the broker that is taken away and brought back; 0 for any", Least = 0, Most = 65535, Value = "PORT")]
    public int KafkaPort { get; set; }

    /// <inheritdoc/>
    public void Check(SettingFaults faults) => faults.Check(
        Otlp is null || KafkaPort != 0,
        nameof(KafkaPort),
        KafkaPort,
        "a port where a receiver is given (--otlp), since that must know its broker beforehand");
}
