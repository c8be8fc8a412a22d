using Observability.ServiceDefaults.Kafka;

namespace Observability.AllInOne.Settings;

/// <summary>The topics that the embedded broker has.</summary>
internal static class PipelineTopics
{
    /// <summary>Few: it holds what is rare.</summary>
    public const int DeadLetterPartitions = 3;

    /// <summary>The topics that the Forwarder reads.</summary>
    public static IReadOnlyList<string> Lines { get; } = [Topics.Generator, Topics.Alloy];
}
