using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Observability.AppHost.Configuration;

/// <summary>What can be set: under <c>Stack</c> what is in the model, under <c>Parameters</c> what its parts are given. Read and checked
/// before the model is built.</summary>
internal sealed record StackSettings
{
    /// <summary>Whether the backing services are containers.</summary>
    public ContainerChoice Containers { get; private init; }

    /// <summary>How many Forwarders run, from 1 to 32.</summary>
    public int ForwarderReplicas { get; private init; }

    /// <summary>The most Forwarders that the published autoscaler makes, from the number of replicas to 256.</summary>
    public int ForwarderMaximumReplicas { get; private init; }

    /// <summary>Kafka records that may wait for each Forwarder before the published autoscaler adds one; 0 to go by CPU alone.</summary>
    public int ForwarderLagPerReplica { get; private init; }

    /// <summary>Lines that LogGenerator makes, a second.</summary>
    public int LogRate { get; private init; }

    /// <summary>Partitions of each topic.</summary>
    public int KafkaPartitions { get; private init; }

    /// <summary>How long Kafka keeps a record, in hours.</summary>
    public int KafkaRetentionHours { get; private init; }

    /// <summary>Kafka's bootstrap servers in the cluster that is published for.</summary>
    public string KafkaBootstrapServers { get; private init; } = "";

    /// <summary>Loki's base URL in the cluster that is published for.</summary>
    public string LokiUrl { get; private init; } = "";

    /// <summary>Reads the settings.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong; the message is one line that names it, its value and what it
    /// accepts.</exception>
    public static StackSettings Read(IConfiguration configuration)
    {
        var containers = Text(configuration, "Stack:Containers", "auto");
        var replicas = Number(configuration, "Stack:ForwarderReplicas", 1, 1, 32);
        return new()
        {
            Containers = containers.ToUpperInvariant() switch
            {
                "AUTO" => ContainerChoice.Auto,
                "TRUE" => ContainerChoice.True,
                "FALSE" => ContainerChoice.False,
                _ => throw Invalid("Stack:Containers", containers, "auto, true or false"),
            },
            ForwarderReplicas = replicas,
            ForwarderMaximumReplicas = Number(configuration, "Stack:ForwarderMaximumReplicas", Math.Max(4, replicas), replicas, 256),
            ForwarderLagPerReplica = Number(configuration, "Stack:ForwarderLagPerReplica", 0, 0, 1_000_000_000),
            LogRate = Number(configuration, "Parameters:log-rate", 100, 1, 1_000_000),
            KafkaPartitions = Number(configuration, "Parameters:kafka-partitions", 4, 1, 1000),
            KafkaRetentionHours = Number(configuration, "Parameters:kafka-retention-hours", 24, 1, 8760),
            KafkaBootstrapServers = Text(configuration, "Parameters:kafka-bootstrap-servers", "kafka-kafka-bootstrap.kafka:9092"),
            LokiUrl = Text(configuration, "Parameters:loki-url", "http://loki-gateway.monitoring.svc.cluster.local"),
        };
    }

    private static string Text(IConfiguration configuration, string key, string defaultValue) =>
        configuration[key] is { Length: > 0 } text ? text : defaultValue;

    private static int Number(IConfiguration configuration, string key, int defaultValue, int minimum, int maximum)
    {
        if (configuration[key] is not { Length: > 0 } text)
            return defaultValue;

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw Invalid(key, text, $"a whole number from {minimum} to {maximum}");
    }

    private static OptionsValidationException Invalid(string key, string value, string accepts) =>
        new(key, typeof(StackSettings), [$"{key} is '{value}': it must be {accepts}"]);
}
