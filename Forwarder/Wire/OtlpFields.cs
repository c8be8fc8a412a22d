namespace Observability.Forwarder.Wire;

/// <summary>
/// Field numbers of an OTLP <c>ExportLogsServiceRequest</c>: https://github.com/open-telemetry/opentelemetry-proto, v1.8.0,
/// <c>collector/logs/v1/logs_service.proto</c>, <c>logs/v1/logs.proto</c>, <c>resource/v1/resource.proto</c> and
/// <c>common/v1/common.proto</c>.
/// </summary>
internal static class OtlpFields
{
    /// <summary>The first byte of every request that holds anything: field 1, length-delimited.</summary>
    public const byte RequestTag = 0x0A;

    public const int RequestResourceLogs = 1;

    public const int ResourceLogsResource = 1;
    public const int ResourceLogsScopeLogs = 2;
    public const int ResourceLogsSchemaUrl = 3;

    public const int ResourceAttributes = 1;

    public const int ScopeLogsScope = 1;
    public const int ScopeLogsLogRecords = 2;
    public const int ScopeLogsSchemaUrl = 3;

    public const int ScopeName = 1;
    public const int ScopeVersion = 2;
    public const int ScopeAttributes = 3;

    public const int LogRecordTime = 1;
    public const int LogRecordSeverityNumber = 2;
    public const int LogRecordSeverityText = 3;
    public const int LogRecordBody = 5;
    public const int LogRecordAttributes = 6;
    public const int LogRecordFlags = 8;
    public const int LogRecordTraceId = 9;
    public const int LogRecordSpanId = 10;
    public const int LogRecordObservedTime = 11;
    public const int LogRecordEventName = 12;

    /// <summary>The bit of <see cref="LogRecordFlags"/> that says that the trace is sampled: W3C Trace Context, "Trace Flags".</summary>
    public const ulong SampledFlag = 1;

    /// <summary>The tag of <see cref="LogRecordTime"/>: field 1, fixed64.</summary>
    public const byte LogRecordTimeTag = 0x09;

    public const int KeyValueKey = 1;
    public const int KeyValueValue = 2;

    /// <summary>The tag of <see cref="KeyValueKey"/>: field 1, length-delimited.</summary>
    public const byte KeyValueKeyTag = 0x0A;

    /// <summary>The tag of <see cref="KeyValueValue"/>: field 2, length-delimited.</summary>
    public const byte KeyValueValueTag = 0x12;

    public const int AnyValueString = 1;
    public const int AnyValueBool = 2;
    public const int AnyValueInt = 3;
    public const int AnyValueDouble = 4;
    public const int AnyValueArray = 5;
    public const int AnyValueKeyValueList = 6;
    public const int AnyValueBytes = 7;

    /// <summary>The tag of <see cref="AnyValueString"/>: field 1, length-delimited.</summary>
    public const byte AnyValueStringTag = 0x0A;

    /// <summary>The elements of an <c>ArrayValue</c> and of a <c>KeyValueList</c>.</summary>
    public const int Elements = 1;
}
