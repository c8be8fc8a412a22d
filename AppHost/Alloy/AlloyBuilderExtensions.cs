namespace Aspire.Hosting;

/// <summary>Provides extension methods for adding Grafana Alloy to the application model.</summary>
public static class AlloyBuilderExtensions
{
    private const int AlloyPort = 12345;
    private const int OtlpGrpcPort = 4317;
    private const int OtlpHttpPort = 4318;
    private const string ConfigDirectory = "/etc/alloy/config";
    private const string DataDirectory = "/var/lib/alloy/data";

    /// <summary>Adds a Grafana Alloy collector in a container, with an OTLP receiver.</summary>
    /// <remarks>This version defaults to the <inheritdoc cref="AlloyContainerImageTags.Tag"/> tag of the
    /// <inheritdoc cref="AlloyContainerImageTags.Image"/> container image.</remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource, which is also the name of its connection string.</param>
    /// <param name="port">The host port of Alloy's own page; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<AlloyResource> AddAlloy(this IDistributedApplicationBuilder builder, [ResourceName] string name,
        int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        return builder.AddResource(new AlloyResource(name))
            .WithImage(AlloyContainerImageTags.Image, AlloyContainerImageTags.Tag)
            .WithImageRegistry(AlloyContainerImageTags.Registry)
            .WithHttpEndpoint(port, AlloyPort, AlloyResource.PrimaryEndpointName)
            .WithHttpEndpoint(targetPort: OtlpHttpPort, name: AlloyResource.OtlpHttpEndpointName)
            .WithHttpEndpoint(targetPort: OtlpGrpcPort, name: AlloyResource.OtlpGrpcEndpointName)
            .WithUrlForEndpoint(AlloyResource.PrimaryEndpointName, url => url.DisplayText = "Alloy")
            .WithUrlForEndpoint(AlloyResource.PrimaryEndpointName,
                _ => new ResourceUrlAnnotation { Url = "/graph", DisplayText = "Component graph" })
            .WithOtlpUrls()
            .WithIconName("ArrowRouting")
            .WithHttpHealthCheck("/-/ready", endpointName: AlloyResource.PrimaryEndpointName);
    }

    /// <summary>Reads the configuration from files of the host; together they are one configuration.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="sources">The files, relative to the AppHost's directory.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<AlloyResource> WithConfigFiles(this IResourceBuilder<AlloyResource> builder,
        params IEnumerable<string> sources)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(sources);

        foreach (var source in sources)
            builder.WithBindMount(source, $"{ConfigDirectory}/{Path.GetFileName(source)}", isReadOnly: true);

        return builder.WithArgs(
            "run",
            $"--server.http.listen-addr=0.0.0.0:{AlloyPort}",
            $"--storage.path={DataDirectory}",
            "--disable-reporting",
            // For otelcol.storage.file, the queue on disk: deploy/config/alloy/config.alloy says why it is worth a preview.
            "--stability.level=public-preview",
            ConfigDirectory);
    }

    /// <summary>Keeps Alloy's positions and queues in a named volume, over restarts.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="name">The name of the volume. Defaults to an auto-generated name based on the application and resource names.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<AlloyResource> WithDataVolume(this IResourceBuilder<AlloyResource> builder, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataDirectory);
    }

    /// <summary>Names the addresses for OTLP, in the details.</summary>
    internal static IResourceBuilder<T> WithOtlpUrls<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints => builder
        .WithUrlForEndpoint(AlloyResource.OtlpHttpEndpointName,
            url => (url.DisplayText, url.DisplayLocation) = ("OTLP over HTTP", UrlDisplayLocation.DetailsOnly))
        .WithUrlForEndpoint(AlloyResource.OtlpGrpcEndpointName,
            url => (url.DisplayText, url.DisplayLocation) = ("OTLP over gRPC", UrlDisplayLocation.DetailsOnly));
}
