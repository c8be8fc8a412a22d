namespace Observability.AppHost.Kafka;

/// <summary>The topics of the stack.</summary>
internal static class Topics
{
    /// <summary>What Alloy collected: OTLP.</summary>
    public const string AlloyLogs = "alloy-logs";

    /// <summary>What LogGenerator sends directly: a line a record.</summary>
    public const string TestLogs = "test-logs";

    /// <summary>What Loki will never take.</summary>
    public const string DeadLetters = "dead-letters";
}
