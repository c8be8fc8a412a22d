using System.Diagnostics;
using Google.Protobuf;
using Observability.Embedded.EmbeddedCollector.Grouping;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Delivery;

/// <summary>Makes Kafka records of the log records of a resource: one, or as many as it takes to keep each within its size.</summary>
/// <param name="maxBytes">Bytes of a record's value.</param>
internal sealed class RecordSplitter(int maxBytes)
{
    // Tag and length around a log record, and the growth of the lengths around those, at most.
    private const int Overhead = 32;

    /// <summary>Adds the group's records to a list.</summary>
    /// <param name="group">The log records of one resource.</param>
    /// <param name="records">The list.</param>
    /// <param name="trace">The trace of the request; default for none.</param>
    /// <returns>How many log records are too large for a Kafka record of their own, and so are left out.</returns>
    public int Add(ResourceGroup group, List<OutgoingRecord> records, ActivityTraceId trace = default)
    {
        // As a rule all of it fits.
        if (group.Logs.CalculateSize() + Overhead <= maxBytes)
        {
            records.Add(Make(group.Key, group.Logs, trace));
            return 0;
        }

        var tooLarge = 0;
        var part = new ResourceLogs { Resource = group.Logs.Resource };
        var start = part.CalculateSize() + Overhead;
        var size = start;
        foreach (var scope in group.Logs.ScopeLogs)
        {
            var opening = (scope.Scope?.CalculateSize() ?? 0) + Overhead;
            ScopeLogs? lines = null;
            foreach (var record in scope.LogRecords)
            {
                var bytes = record.CalculateSize() + Overhead;
                if (start + opening + bytes > maxBytes)
                {
                    tooLarge++;
                    continue;
                }

                if (size + bytes + (lines is null ? opening : 0) > maxBytes)
                {
                    records.Add(Make(group.Key, part, trace));
                    part = new ResourceLogs { Resource = group.Logs.Resource };
                    size = start;
                    lines = null;
                }

                if (lines is null)
                {
                    part.ScopeLogs.Add(lines = new ScopeLogs { Scope = scope.Scope });
                    size += opening;
                }

                lines.LogRecords.Add(record);
                size += bytes;
            }
        }

        if (part.ScopeLogs.Count > 0)
            records.Add(Make(group.Key, part, trace));
        return tooLarge;
    }

    private static bool Has(ResourceLogs logs, ActivityTraceId trace)
    {
        if (trace == default)
            return false;
        var id = ByteString.CopyFrom(Convert.FromHexString(trace.ToHexString()));
        return logs.ScopeLogs.Any(scope => scope.LogRecords.Any(record => record.TraceId.Equals(id)));
    }

    private static OutgoingRecord Make(byte[] key, ResourceLogs logs, ActivityTraceId trace)
    {
        var request = new ExportLogsServiceRequest { ResourceLogs = { logs } };
        return new OutgoingRecord(key, request.ToByteArray(), logs.ScopeLogs.Sum(scope => scope.LogRecords.Count), Has(logs, trace));
    }
}
