using Google.Protobuf;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Formats;

internal static class Otlp
{
    /// <summary>A request of one record that has a body and nothing else.</summary>
    public static byte[] Of(string line)
    {
        var scope = new ScopeLogs { LogRecords = { new LogRecord { Body = new() { StringValue = line } } } };
        return new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { scope } } } }.ToByteArray();
    }
}
