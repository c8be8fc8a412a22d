namespace Observability.LogGenerator.Sinks;

/// <summary>The kinds of sinks.</summary>
internal enum SinkKind
{
    /// <summary>Standard output, a line each.</summary>
    Stdout,

    /// <summary>A Kafka topic, a record each.</summary>
    Kafka,

    /// <summary>OpenTelemetry's log protocol over HTTP.</summary>
    Otlp,
}
