using Microsoft.Extensions.Configuration;
using Observability.AppHost.Configuration;
using Observability.AppHost.Containers;

namespace Observability.AppHost.Backing;

/// <summary>What stands behind the two services, and why.</summary>
/// <param name="AreContainers">Whether they are containers of this machine.</param>
/// <param name="Sentence">The choice and its reason in one line.</param>
internal sealed record BackingChoice(bool AreContainers, string Sentence)
{
    /// <summary>What is published for: a cluster that has them.</summary>
    public static BackingChoice OfTheCluster { get; } = new(false, "Publishing for a cluster that has Kafka and Loki");

    /// <summary>Decides by the setting and, where it leaves the choice open, by what this machine has.</summary>
    public static BackingChoice Choose(ContainerChoice choice, IConfiguration configuration) =>
        Choose(choice, () => ContainerRuntime.Find(configuration));

    /// <summary>Decides by the setting and, where it leaves the choice open, by what <paramref name="find"/> finds.</summary>
    public static BackingChoice Choose(ContainerChoice choice, Func<(string? Runtime, string Reason)> find)
    {
        if (choice is ContainerChoice.True)
            return Containers("Stack:Containers is true");
        if (choice is ContainerChoice.False)
            return Embedded("Stack:Containers is false");

        var (runtime, reason) = find();
        return runtime is not null ? Containers(reason) : Embedded(reason);
    }

    private static BackingChoice Containers(string reason) =>
        new(true, $"Kafka, Loki, Alloy, Prometheus and Grafana run as containers: {reason}");

    private static BackingChoice Embedded(string reason) =>
        new(false,
            $"The embedded broker and log store take the containers' place: {reason} (decide with --Stack:Containers=auto|true|false)");
}
