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

    /// <summary>One JSON object, which is one line; or one object a text line, or Azure's <c>{"records":[…]}</c>, which are
    /// several.</summary>
    Json,

    /// <summary>A JSON array whose elements are lines, also as the only field of an object.</summary>
    JsonArray,

    /// <summary><c>key=value</c> pairs, which are one line.</summary>
    Logfmt,

    /// <summary>Any other text: one line, also when it holds line breaks (a stack trace stays whole).</summary>
    Text,
}
