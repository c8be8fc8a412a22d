using Observability.ServiceDefaults.Settings;

namespace Observability.AppHost.Configuration;

/// <summary>
/// What the parts of the model are given: Aspire's parameters, with bounds. The section is shared with all of Aspire's programs.
/// </summary>
internal sealed class ParameterSettings : ISettings
{
    /// <inheritdoc/>
    public static string Section => "Parameters";

    /// <inheritdoc/>
    public static bool IsShared => true;

    /// <summary>Lines that LogGenerator makes, a second.</summary>
    [Setting("lines that LogGenerator makes, a second", Name = "log-rate", Least = 1, Most = 1_000_000)]
    public int LogRate { get; set; } = 100;

    /// <summary>Partitions of each topic.</summary>
    [Setting("partitions of each topic", Name = "kafka-partitions", Least = 1, Most = 1000)]
    public int KafkaPartitions { get; set; } = 4;

    /// <summary>How long Kafka keeps a record, in hours.</summary>
    [Setting("how long Kafka keeps a record, in hours", Name = "kafka-retention-hours", Least = 1, Most = 8760)]
    public int KafkaRetentionHours { get; set; } = 24;

    /// <summary>The password of Grafana's user admin; null for a generated one.</summary>
    [Setting("password of Grafana's user admin", Name = "grafana-password", IsSecret = true,
        Default = "generated, kept in the user secrets")]
    public string? GrafanaPassword { get; set; }

    /// <summary>Kafka's bootstrap servers in the cluster that is published for.</summary>
    [Setting("when publishing: Kafka's bootstrap servers in the cluster", Name = "kafka-bootstrap-servers")]
    public string KafkaBootstrapServers { get; set; } = "kafka-kafka-bootstrap.kafka:9092";

    /// <summary>Loki's base URL in the cluster that is published for.</summary>
    [Setting("when publishing: Loki's URL in the cluster", Name = "loki-url")]
    public string LokiUrl { get; set; } = "http://loki-gateway.monitoring.svc.cluster.local";

    /// <inheritdoc/>
    public void Check(SettingFaults faults)
    {
    }
}
