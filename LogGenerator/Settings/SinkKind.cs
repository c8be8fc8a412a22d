namespace Observability.LogGenerator.Settings;

/// <summary>The kinds of sinks.</summary>
public enum SinkKind
{
    /// <summary>Standard output, a line each.</summary>
    Stdout,

    /// <summary>A Kafka topic, a record each.</summary>
    Kafka,

    /// <summary>OpenTelemetry's log protocol over HTTP.</summary>
    Otlp,
}
