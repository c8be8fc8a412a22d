using Observability.Embedded.EmbeddedKafka;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Settings;

namespace Observability.AllInOne.Settings;

#pragma warning disable CS1591 // SettingAttribute says what each setting is for.

/// <summary>
/// The settings under <c>AllInOne</c>. The services in the process read their own, under <c>LogGenerator</c> and <c>Forwarder</c>.
/// </summary>
internal sealed class AllInOneSettings : ISettings
{
    /// <summary>Lines a second that are generated unless told otherwise.</summary>
    public const int DefaultRate = 1000;

    /// <inheritdoc/>
    public static string Section => "AllInOne";

    [Setting("port of the web page, Loki's API, metrics and control; 0 for any", Least = 0, Most = 65535, Value = "PORT")]
    public int Port { get; set; } = 3100;

    [Setting("port of the Kafka broker; 0 for any", Least = 0, Most = 65535, Value = "PORT")]
    public int KafkaPort { get; set; } = 9092;

    [Setting("port of the collector's OTLP over HTTP; 0 for any", Least = 0, Most = 65535, Value = "PORT")]
    public int OtlpPort { get; set; } = 4318;

    [Setting("port of the collector's OTLP over gRPC; 0 for any", Least = 0, Most = 65535, Value = "PORT")]
    public int OtlpGrpcPort { get; set; } = 4317;

    [Setting("partitions of the topics with log lines, of which each keeps 5 MiB", Least = 1, Most = 1000)]
    public int Partitions { get; set; } = EmbeddedKafkaOptions.DefaultPartitions;

    [Setting("memory of the log store", IsSize = true, Least = "1MiB")]
    public long StoreBytes { get; set; } = 512L * 1024 * 1024;

    [Setting("whether lines are generated from the start")]
    public bool Generator { get; set; } = true;

    [Setting("whether the Forwarder runs")]
    public bool Forwarder { get; set; } = true;

    [Setting("stops after so long", Least = "1s", Most = "365d", Default = "at Ctrl-C")]
    public TimeSpan? Duration { get; set; }

    [Setting("how long a stop waits for the lines under way", Least = "0s", Most = "5m")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The consumer group whose offsets tell what has been dealt with.</summary>
    public string ForwarderGroup { get; private set; } = new ForwarderOptions().GroupId;

    /// <inheritdoc/>
    public void Check(SettingFaults faults) =>
        ForwarderGroup = faults.ValueOf($"{ForwarderOptions.Section}:{nameof(ForwarderOptions.GroupId)}") is { Length: > 0 } group
            ? group
            : ForwarderGroup;
}
