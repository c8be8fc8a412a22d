using Confluent.Kafka;

namespace Aspire.Confluent.Kafka;

/// <summary>Settings of a Kafka consumer, as in the package of the same namespace.</summary>
public sealed class KafkaConsumerSettings
{
    /// <summary>The bootstrap servers.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The client's configuration.</summary>
    public ConsumerConfig Config { get; } = new();

    /// <summary>Accepted for compatibility; without the package there are none.</summary>
    public bool DisableMetrics { get; set; }

    /// <inheritdoc cref="DisableMetrics"/>
    public bool DisableHealthChecks { get; set; }

    /// <inheritdoc cref="DisableMetrics"/>
    public bool DisableTracing { get; set; }
}
