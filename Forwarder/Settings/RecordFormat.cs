namespace Observability.Forwarder.Settings;

/// <summary>How the value of a Kafka record is to be read.</summary>
internal enum RecordFormat
{
    /// <summary>Found out for every record from its first bytes.</summary>
    Auto,

    /// <summary><c>ExportLogsServiceRequest</c> in protobuf: what Alloy's <c>otelcol.exporter.kafka</c> writes by default.</summary>
    OtlpProtobuf,

    /// <summary><c>ExportLogsServiceRequest</c> in JSON.</summary>
    OtlpJson,

    /// <summary>One JSON object, which is one line.</summary>
    Json,

    /// <summary><c>key=value</c> pairs, which are one line.</summary>
    Logfmt,

    /// <summary>Any other text: one line, also when it holds line breaks (a stack trace stays whole).</summary>
    Text,
}
