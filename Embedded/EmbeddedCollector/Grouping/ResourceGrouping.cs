using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Grouping;

/// <summary>
/// Makes attributes of log records that name where they come from attributes of their resource, and joins what then has the same
/// resource, as Alloy's <c>otelcol.processor.groupbyattrs</c> does it.
/// </summary>
/// <param name="attributes">The names of those attributes.</param>
internal sealed class ResourceGrouping(IReadOnlyList<string> attributes)
{
    /// <summary>Groups the log records of a request, which is taken apart for it.</summary>
    public IReadOnlyCollection<ResourceGroup> Group(ExportLogsServiceRequest request)
    {
        var groups = new Dictionary<HashKey, ResourceGroup>();
        foreach (var logs in request.ResourceLogs)
        {
            ResourceGroup? plain = null;
            var resource = logs.Resource ?? new Resource();
            foreach (var scope in logs.ScopeLogs)
            {
                foreach (var record in scope.LogRecords)
                {
                    var group = TakeOut(record) is { } own ? GroupOf(groups, With(resource, own)) : plain ??= GroupOf(groups, resource);
                    group.Add(scope.Scope, record);
                }
            }
        }

        return groups.Values;
    }

    private static ResourceGroup GroupOf(Dictionary<HashKey, ResourceGroup> groups, Resource resource)
    {
        var hash = AttributeHash.Compute(resource.Attributes);
        var key = HashKey.From(hash);
        if (!groups.TryGetValue(key, out var group))
            groups.Add(key, group = new ResourceGroup(hash, resource));
        return group;
    }

    private static Resource With(Resource resource, List<KeyValue> own)
    {
        var with = resource.Clone();
        foreach (var attribute in own)
        {
            if (with.Attributes.FirstOrDefault(other => other.Key == attribute.Key) is { } known)
                known.Value = attribute.Value;
            else
                with.Attributes.Add(attribute);
        }

        return with;
    }

    private List<KeyValue>? TakeOut(LogRecord record)
    {
        List<KeyValue>? found = null;
        foreach (var name in attributes)
        {
            for (var i = 0; i < record.Attributes.Count; i++)
            {
                if (record.Attributes[i].Key != name)
                    continue;
                (found ??= []).Add(record.Attributes[i]);
                record.Attributes.RemoveAt(i);
                break;
            }
        }

        return found;
    }
}
