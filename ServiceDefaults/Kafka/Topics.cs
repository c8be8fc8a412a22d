namespace Observability.ServiceDefaults.Kafka;

/// <summary>The topics of the pipeline, as they are called unless a setting says otherwise.</summary>
public static class Topics
{
    /// <summary>What Alloy writes: OTLP, several lines per record.</summary>
    public const string Alloy = "alloy-logs";

    /// <summary>What LogGenerator writes: a line per record.</summary>
    public const string Generator = "test-logs";

    /// <summary>What Loki will never take.</summary>
    public const string DeadLetters = "dead-letters";
}
