using Confluent.Kafka;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.Tests.EmbeddedCollector;

/// <summary>OTLP in few words.</summary>
internal static class Requests
{
    public static ExportLogsServiceRequest Of(params IEnumerable<ResourceLogs> resources) => new() { ResourceLogs = { resources } };

    public static ResourceLogs Resource(string service, params IEnumerable<LogRecord> records) => new()
    {
        Resource = new Resource { Attributes = { Text("service.name", service) } },
        ScopeLogs = { new ScopeLogs { Scope = new InstrumentationScope { Name = "tests" }, LogRecords = { records } } },
    };

    public static LogRecord Line(string body, params IEnumerable<KeyValue> attributes) =>
        new() { TimeUnixNano = 1, Body = new AnyValue { StringValue = body }, Attributes = { attributes } };

    public static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public static IEnumerable<LogRecord> Lines(this ExportLogsServiceRequest request) =>
        request.ResourceLogs.SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords);

    /// <summary>The log records of all Kafka records, in their order.</summary>
    public static IEnumerable<LogRecord> Lines(this IEnumerable<ConsumeResult<byte[], byte[]>> records) => records.SelectMany(Lines);

    /// <summary>The log records of a Kafka record.</summary>
    public static IEnumerable<LogRecord> Lines(this ConsumeResult<byte[], byte[]> record) =>
        ExportLogsServiceRequest.Parser.ParseFrom(record.Message.Value).Lines();

    public static string? Attribute(this IEnumerable<KeyValue> attributes, string key) =>
        attributes.SingleOrDefault(attribute => attribute.Key == key)?.Value.StringValue;
}
