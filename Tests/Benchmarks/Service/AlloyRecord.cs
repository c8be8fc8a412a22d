using Google.Protobuf;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Benchmarks.Service;

/// <summary>A record as Alloy writes it into <c>alloy-logs</c>: some lines of one pod, which their resource names.</summary>
internal static class AlloyRecord
{
    /// <summary>Makes the value of a record.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="time">When they were read.</param>
    public static byte[] Create(string service, IReadOnlyList<ByteString> lines, DateTime time)
    {
        var scope = new ScopeLogs { Scope = new InstrumentationScope() };
        var nanoseconds = (ulong)(time - DateTime.UnixEpoch).Ticks * 100;
        foreach (var line in lines)
        {
            scope.LogRecords.Add(new LogRecord
            {
                TimeUnixNano = nanoseconds,
                ObservedTimeUnixNano = nanoseconds++,
                Body = new AnyValue { StringValue = line.ToStringUtf8() },
                Attributes = { Attribute("loki.attribute.labels", "container,namespace,node,pod,service") },
            });
        }

        var resource = new Resource
        {
            Attributes =
            {
                Attribute("namespace", "shop"), Attribute("service", service), Attribute("pod", service + "-7d9f8c-x2x9z"),
                Attribute("container", "app"), Attribute("node", "node-1"),
            },
        };
        var logs = new ResourceLogs { Resource = resource, ScopeLogs = { scope } };
        return new ExportLogsServiceRequest { ResourceLogs = { logs } }.ToByteArray();
    }

    private static KeyValue Attribute(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };
}
