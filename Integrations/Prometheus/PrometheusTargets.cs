using System.Text.Json;

namespace Aspire.Hosting;

/// <summary>Writes down what a Prometheus server scrapes.</summary>
internal static class PrometheusTargets
{
    /// <summary>One file a job, in the format of <c>file_sd_configs</c>: a list of target groups, labelled with job and instance.</summary>
    /// <param name="prometheus">The server.</param>
    /// <param name="network">The network from which it reaches the targets.</param>
    /// <param name="own">Its own address, as it has it itself; null for that of its endpoint.</param>
    /// <param name="cancellationToken">Stops the wait for addresses.</param>
    /// <returns>The files' texts by their names.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> WriteAsync(
        IPrometheusResource prometheus, NetworkIdentifier network, string? own, CancellationToken cancellationToken)
    {
        var context = new ValueProviderContext { Network = network, Caller = prometheus };
        var files = new Dictionary<string, string>();
        foreach (var job in prometheus.Annotations.OfType<PrometheusScrapeTargetAnnotation>().GroupBy(target => target.Job))
        {
            var groups = new List<object>();
            foreach (var target in job)
            {
                var endpoint = target.Endpoint;
                var address = endpoint.Resource == prometheus && own is not null
                    ? own
                    : await endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync(context, cancellationToken);
                groups.Add(new { targets = new[] { address }, labels = new { job = job.Key, instance = endpoint.Resource.Name } });
            }

            files.Add($"{job.Key}.json", JsonSerializer.Serialize(groups));
        }

        return files;
    }
}
