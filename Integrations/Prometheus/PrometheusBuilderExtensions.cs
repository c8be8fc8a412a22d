namespace Aspire.Hosting;

/// <summary>Provides extension methods for adding Prometheus to the application model.</summary>
public static class PrometheusBuilderExtensions
{
    /// <summary>
    /// Where a container's scrape targets are, for <c>file_sd_configs</c> in the configuration: a file a job, named after it. Relative to
    /// the configuration's directory they are in <c>../targets</c>, in a container and elsewhere.
    /// </summary>
    public const string TargetsDirectory = "/etc/prometheus/targets";

    private const int PrometheusPort = 9090;
    private const string HomeDirectory = "/etc/prometheus";
    private const string DataDirectory = "/prometheus";
    private const string ConfigName = "config";
    private const string TargetsName = "targets";

    /// <summary>Adds a Prometheus server in a container. It scrapes itself, and what <see cref="WithScrapeTarget"/> names.</summary>
    /// <remarks>This version defaults to the <inheritdoc cref="PrometheusContainerImageTags.Tag"/> tag of the
    /// <inheritdoc cref="PrometheusContainerImageTags.Image"/> container image.</remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource, which is also the name of its connection string.</param>
    /// <param name="port">The host port of the HTTP API; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<PrometheusResource> AddPrometheus(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        var prometheus = new PrometheusResource(name);
        return builder.AddResource(prometheus)
            .WithImage(PrometheusContainerImageTags.Image, PrometheusContainerImageTags.Tag)
            .WithImageRegistry(PrometheusContainerImageTags.Registry)
            .WithHttpEndpoint(port, PrometheusPort, PrometheusResource.PrimaryEndpointName)
            .WithContainerFiles(TargetsDirectory, async (_, cancellationToken) =>
            {
                var files = await PrometheusTargets.WriteAsync(
                    prometheus, KnownNetworkIdentifiers.DefaultAspireContainerNetwork, $"localhost:{PrometheusPort}", cancellationToken);
                return files.Select(file => new ContainerFile { Name = file.Key, Contents = file.Value });
            })
            .AsPrometheus();
    }

    /// <summary>Adds a Prometheus server from a program that is installed on this machine. It listens on loopback.</summary>
    /// <remarks>
    /// It reads a copy of the configuration, made at each start, beside which its targets are. Without <see cref="WithDataDirectory"/>
    /// its series go with the run.
    /// </remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource, which is also the name of its connection string.</param>
    /// <param name="configDirectory">The directory with <c>prometheus.yml</c>, relative to the AppHost's directory.</param>
    /// <param name="command">The program: its path, or its name where it is on the PATH.</param>
    /// <param name="port">The port of the HTTP API; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<PrometheusExecutableResource> AddPrometheusLocal(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string configDirectory,
        string command = "prometheus",
        int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(configDirectory);

        var run = new RunDirectory(name);
        var prometheus = new PrometheusExecutableResource(name, command, builder.AppHostDirectory);
        var local = builder.AddResource(prometheus)
            .WithHttpEndpoint(port, name: PrometheusResource.PrimaryEndpointName)
            .WithArgs(
                $"--config.file={Path.Combine(run.Path, ConfigName, "prometheus.yml")}",
                ReferenceExpression.Create(
                    $"--web.listen-address=127.0.0.1:{prometheus.PrimaryEndpoint.Property(EndpointProperty.TargetPort)}"))
            .WithArgs(context => context.Args.Add(
                $"--storage.tsdb.path={prometheus.Annotations.OfType<DataDirectoryAnnotation>().LastOrDefault()?.Path
                    ?? Path.Combine(run.Path, "data")}"))
            .AsPrometheus();
        return local.WithRunDirectory(run, async cancellationToken =>
        {
            run.Copy(local.PathOnTheHost(configDirectory), ConfigName);
            Directory.CreateDirectory(Path.Combine(run.Path, TargetsName));
            var files = await PrometheusTargets.WriteAsync(
                prometheus, KnownNetworkIdentifiers.LocalhostNetwork, own: null, cancellationToken);
            foreach (var (file, text) in files)
                await File.WriteAllTextAsync(Path.Combine(run.Path, TargetsName, file), text, cancellationToken);
        });
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
            .WithContainerFiles(HomeDirectory, [builder.DirectoryOfTheHost(source, ConfigName)])
            .WithArgs($"--config.file={HomeDirectory}/{ConfigName}/prometheus.yml", $"--storage.tsdb.path={DataDirectory}");
    }

    /// <summary>Scrapes <c>/metrics</c> of an endpoint, at the address at which this server reaches it.</summary>
    /// <typeparam name="T">The server's type.</typeparam>
    /// <param name="builder">The resource builder.</param>
    /// <param name="job">The scrape job, the value of the label <c>job</c>; endpoints of one job are its instances.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<T> WithScrapeTarget<T>(this IResourceBuilder<T> builder, string job, EndpointReference endpoint)
        where T : IPrometheusResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(job);
        ArgumentNullException.ThrowIfNull(endpoint);

        // The environment variable is what tells Aspire that a container must reach the endpoint: only then does it open the
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
    public static IResourceBuilder<PrometheusResource> WithDataVolume(
        this IResourceBuilder<PrometheusResource> builder, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataDirectory);
    }

    /// <summary>Keeps the series of a Prometheus of this machine in a directory, over restarts.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="directory">The directory, relative to the AppHost's; it is made if it is not there.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<PrometheusExecutableResource> WithDataDirectory(
        this IResourceBuilder<PrometheusExecutableResource> builder, string directory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(directory);

        return builder.WithAnnotation(new DataDirectoryAnnotation(builder.PathOnTheHost(directory)));
    }

    // What is the same for both.
    private static IResourceBuilder<T> AsPrometheus<T>(this IResourceBuilder<T> builder)
        where T : IPrometheusResource => builder
        .WithAnnotation(new PrometheusScrapeTargetAnnotation(builder.Resource.Name, builder.Resource.PrimaryEndpoint))
        .WithUrlForEndpoint(PrometheusResource.PrimaryEndpointName, url => url.DisplayText = "Prometheus")
        .WithUrlForEndpoint(
            PrometheusResource.PrimaryEndpointName, _ => new ResourceUrlAnnotation { Url = "/targets", DisplayText = "Targets" })
        .WithUrlForEndpoint(
            PrometheusResource.PrimaryEndpointName, _ => new ResourceUrlAnnotation { Url = "/alerts", DisplayText = "Alerts" })
        .WithIconName("DataTrending")
        .WithHttpHealthCheck("/-/ready");
}
