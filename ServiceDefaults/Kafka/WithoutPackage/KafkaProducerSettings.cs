using Confluent.Kafka;

namespace Aspire.Confluent.Kafka;

/// <summary>Settings of a Kafka producer, as in the package of the same namespace.</summary>
public sealed class KafkaProducerSettings
{
    /// <summary>The bootstrap servers.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The client's configuration.</summary>
    public ProducerConfig Config { get; } = new();

    /// <summary>Accepted for compatibility; without the package there are none.</summary>
    public bool DisableMetrics { get; set; }

    /// <inheritdoc cref="DisableMetrics"/>
    public bool DisableHealthChecks { get; set; }

    /// <inheritdoc cref="DisableMetrics"/>
    public bool DisableTracing { get; set; }
}
