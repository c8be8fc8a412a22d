using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Grouping;

/// <summary>The log records of a request that have the same resource.</summary>
/// <param name="key">The hash of the resource's attributes: the key of its Kafka records.</param>
/// <param name="resource">The resource.</param>
internal sealed class ResourceGroup(byte[] key, Resource resource)
{
    public byte[] Key { get; } = key;

    public ResourceLogs Logs { get; } = new() { Resource = resource };

    /// <summary>Adds a log record under its scope.</summary>
    public void Add(InstrumentationScope? scope, LogRecord record)
    {
        // Few: a service has as many scopes as it has loggers, and a request carries a part of them.
        foreach (var known in Logs.ScopeLogs)
        {
            if (ReferenceEquals(known.Scope, scope) || Equals(known.Scope, scope))
            {
                known.LogRecords.Add(record);
                return;
            }
        }

        Logs.ScopeLogs.Add(new ScopeLogs { Scope = scope, LogRecords = { record } });
    }
}
