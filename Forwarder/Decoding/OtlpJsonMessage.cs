namespace Observability.Forwarder.Decoding;

/// <summary>The messages of an OTLP request in JSON.</summary>
internal enum OtlpJsonMessage
{
    Request,
    ResourceLogs,
    Resource,
    ScopeLogs,
    Scope,
    LogRecord,
    KeyValue,
    AnyValue,
    ArrayValue,
    KeyValueList,
}
