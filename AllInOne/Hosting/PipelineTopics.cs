namespace Observability.AllInOne.Hosting;

/// <summary>The topics of the pipeline.</summary>
internal static class PipelineTopics
{
    /// <summary>What Alloy writes: OTLP, several lines a record.</summary>
    public const string Alloy = "alloy-logs";

    /// <summary>What the LogGenerator writes: a line a record.</summary>
    public const string Generator = "test-logs";

    /// <summary>What Loki will never take.</summary>
    public const string DeadLetters = "dead-letters";

    /// <summary>Few: it holds what is rare.</summary>
    public const int DeadLetterPartitions = 3;

    /// <summary>The topics that the Forwarder reads.</summary>
    public static IReadOnlyList<string> Lines { get; } = [Generator, Alloy];
}
