using System.Text.Json;

namespace Aspire.Hosting;

/// <summary>Provides extension methods for adding Prometheus to the application model.</summary>
public static class PrometheusBuilderExtensions
{
    /// <summary>Where the scrape targets are, in files named after their job, for <c>file_sd_configs</c> in the configuration.</summary>
    public const string TargetsDirectory = "/etc/prometheus/targets";

    private const int PrometheusPort = 9090;
    private const string ConfigDirectory = "/etc/prometheus/config";
    private const string DataDirectory = "/prometheus";

    /// <summary>Adds a Prometheus server in a container.</summary>
    /// <remarks>This version defaults to the <inheritdoc cref="PrometheusContainerImageTags.Tag"/> tag of the
    /// <inheritdoc cref="PrometheusContainerImageTags.Image"/> container image.</remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource, which is also the name of its connection string.</param>
    /// <param name="port">The host port of the HTTP API; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<PrometheusResource> AddPrometheus(this IDistributedApplicationBuilder builder,
        [ResourceName] string name, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        var resource = new PrometheusResource(name);
        return builder.AddResource(resource)
            .WithImage(PrometheusContainerImageTags.Image, PrometheusContainerImageTags.Tag)
            .WithImageRegistry(PrometheusContainerImageTags.Registry)
            .WithHttpEndpoint(port, PrometheusPort, PrometheusResource.PrimaryEndpointName)
            .WithUrlForEndpoint(PrometheusResource.PrimaryEndpointName, url => url.DisplayText = "Prometheus")
            .WithUrlForEndpoint(PrometheusResource.PrimaryEndpointName,
                _ => new ResourceUrlAnnotation { Url = "/targets", DisplayText = "Targets" })
            .WithUrlForEndpoint(PrometheusResource.PrimaryEndpointName,
                _ => new ResourceUrlAnnotation { Url = "/alerts", DisplayText = "Alerts" })
            .WithContainerFiles(TargetsDirectory, (_, cancellationToken) => WriteTargetsAsync(resource, cancellationToken))
            .WithIconName("DataTrending")
            .WithHttpHealthCheck("/-/ready");
    }

    /// <summary>Reads the configuration from a directory of the host: <c>prometheus.yml</c> and the rule files that it names.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="source">The directory, relative to the AppHost's directory.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<PrometheusResource> WithConfigDirectory(this IResourceBuilder<PrometheusResource> builder, string source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(source);

        return builder
            .WithBindMount(source, ConfigDirectory, isReadOnly: true)
            .WithArgs($"--config.file={ConfigDirectory}/prometheus.yml", $"--storage.tsdb.path={DataDirectory}");
    }

    /// <summary>Scrapes <c>/metrics</c> of an endpoint, at the address at which a container reaches it.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="job">The scrape job; endpoints of one job are its instances.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<PrometheusResource> WithScrapeTarget(this IResourceBuilder<PrometheusResource> builder, string job,
        EndpointReference endpoint)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(job);
        ArgumentNullException.ThrowIfNull(endpoint);

        // The environment variable is what tells Aspire that this container must reach the endpoint: only then does it open the
        // way from the container network to a process of the host.
        var variable = $"SCRAPE_{endpoint.Resource.Name}".ToUpperInvariant().Replace('-', '_');
        return builder
            .WithAnnotation(new PrometheusScrapeTargetAnnotation(job, endpoint))
            .WithEnvironment(variable, endpoint)
            .WithReferenceRelationship(endpoint.Resource);
    }

    /// <summary>Keeps the series of a Prometheus container in a named volume, over restarts.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="name">The name of the volume. Defaults to an auto-generated name based on the application and resource names.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<PrometheusResource> WithDataVolume(this IResourceBuilder<PrometheusResource> builder,
        string? name = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataDirectory);
    }

    /// <summary>One file a job, in the format of <c>file_sd_configs</c>: a list of target groups.</summary>
    private static async Task<IEnumerable<ContainerFileSystemItem>> WriteTargetsAsync(PrometheusResource resource,
        CancellationToken cancellationToken)
    {
        var context = new ValueProviderContext { Network = KnownNetworkIdentifiers.DefaultAspireContainerNetwork, Caller = resource };
        var files = new List<ContainerFileSystemItem>();
        foreach (var job in resource.Annotations.OfType<PrometheusScrapeTargetAnnotation>().GroupBy(target => target.Job))
        {
            var groups = new List<object>();
            foreach (var target in job)
            {
                var address = await target.Endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync(context, cancellationToken);
                groups.Add(new
                {
                    targets = new[] { address },
                    labels = new Dictionary<string, string> { ["instance"] = target.Endpoint.Resource.Name }
                });
            }

            files.Add(new ContainerFile { Name = $"{job.Key}.json", Contents = JsonSerializer.Serialize(groups) });
        }

        return files;
    }
}
