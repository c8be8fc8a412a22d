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

    public static string? Attribute(this IEnumerable<KeyValue> attributes, string key) => attributes.SingleOrDefault(attribute => attribute.Key == key)?.Value.StringValue;
}
