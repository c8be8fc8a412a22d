namespace Aspire.Hosting;

/// <summary>Provides extension methods for adding Grafana Alloy to the application model.</summary>
public static class AlloyBuilderExtensions
{
    private const int AlloyPort = 12345;
    private const int OtlpGrpcPort = 4317;
    private const int OtlpHttpPort = 4318;
    private const string HomeDirectory = "/etc/alloy";
    private const string ConfigName = "config";
    private const string DataDirectory = "/var/lib/alloy/data";

    /// <summary>Adds a Grafana Alloy collector in a container, with an OTLP receiver.</summary>
    /// <remarks>This version defaults to the <inheritdoc cref="AlloyContainerImageTags.Tag"/> tag of the
    /// <inheritdoc cref="AlloyContainerImageTags.Image"/> container image.</remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource, which is also the name of its connection string.</param>
    /// <param name="port">The host port of Alloy's own page; a free one when absent.</param>
    /// <param name="otlpHttpPort">The host port for OTLP over HTTP; a free one when absent.</param>
    /// <param name="otlpGrpcPort">The host port for OTLP over gRPC; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<AlloyResource> AddAlloy(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        int? port = null,
        int? otlpHttpPort = null,
        int? otlpGrpcPort = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        return builder.AddResource(new AlloyResource(name))
            .WithImage(AlloyContainerImageTags.Image, AlloyContainerImageTags.Tag)
            .WithImageRegistry(AlloyContainerImageTags.Registry)
            .WithHttpEndpoint(port, AlloyPort, AlloyResource.PrimaryEndpointName)
            .WithHttpEndpoint(otlpHttpPort, OtlpHttpPort, AlloyResource.OtlpHttpEndpointName)
            .WithHttpEndpoint(otlpGrpcPort, OtlpGrpcPort, AlloyResource.OtlpGrpcEndpointName)
            .AsAlloy();
    }

    /// <summary>Adds a Grafana Alloy collector from a program that is installed on this machine. It listens on loopback.</summary>
    /// <remarks>
    /// The configuration must take the addresses of its OTLP receiver from the environment: <c>OTLP_GRPC_ADDRESS</c> and
    /// <c>OTLP_HTTP_ADDRESS</c>. Its positions and queues go with the run.
    /// </remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource, which is also the name of its connection string.</param>
    /// <param name="configFiles">The configuration's files, relative to the AppHost's directory; together they are one.</param>
    /// <param name="command">The program: its path, or its name where it is on the PATH.</param>
    /// <param name="port">The port of Alloy's own page; a free one when absent.</param>
    /// <param name="otlpHttpPort">The port for OTLP over HTTP; a free one when absent.</param>
    /// <param name="otlpGrpcPort">The port for OTLP over gRPC; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<AlloyExecutableResource> AddAlloyLocal(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        IEnumerable<string> configFiles,
        string command = "alloy",
        int? port = null,
        int? otlpHttpPort = null,
        int? otlpGrpcPort = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configFiles);

        var run = new RunDirectory(name);
        var alloy = new AlloyExecutableResource(name, command, builder.AppHostDirectory);
        var local = builder.AddResource(alloy)
            .WithHttpEndpoint(port, name: AlloyResource.PrimaryEndpointName)
            .WithHttpEndpoint(otlpHttpPort, name: AlloyResource.OtlpHttpEndpointName)
            .WithHttpEndpoint(otlpGrpcPort, name: AlloyResource.OtlpGrpcEndpointName)
            .WithEnvironment("OTLP_HTTP_ADDRESS", Loopback(alloy.OtlpHttpEndpoint))
            .WithEnvironment("OTLP_GRPC_ADDRESS", Loopback(alloy.OtlpGrpcEndpoint))
            .WithArgs(
                "run",
                ReferenceExpression.Create($"--server.http.listen-addr={Loopback(alloy.PrimaryEndpoint)}"),
                $"--storage.path={Path.Combine(run.Path, "data")}",
                "--disable-reporting",
                "--stability.level=public-preview",
                Path.Combine(run.Path, ConfigName))
            .AsAlloy();
        return local.WithRunDirectory(run, _ =>
        {
            foreach (var file in configFiles)
                run.Copy(local.PathOnTheHost(file), Path.Combine(ConfigName, Path.GetFileName(file)));
            return Task.CompletedTask;
        });
    }

    /// <summary>Reads the configuration from files of the host; together they are one configuration.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="sources">The files, relative to the AppHost's directory.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<AlloyResource> WithConfigFiles(
        this IResourceBuilder<AlloyResource> builder, params IEnumerable<string> sources)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(sources);

        var files = sources.Select(source => builder.FileOfTheHost(source)).ToList();
        return builder
            .WithContainerFiles(HomeDirectory, [new ContainerDirectory { Name = ConfigName, Entries = files }])
            .WithArgs(
                "run",
                $"--server.http.listen-addr=0.0.0.0:{AlloyPort}",
                $"--storage.path={DataDirectory}",
                "--disable-reporting",
                // For otelcol.storage.file, a queue on disk, which is worth a preview: without it what waits is lost with Alloy.
                "--stability.level=public-preview",
                $"{HomeDirectory}/{ConfigName}");
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

    // What is the same for both.
    private static IResourceBuilder<T> AsAlloy<T>(this IResourceBuilder<T> builder)
        where T : IAlloyResource => builder
        .WithUrlForEndpoint(AlloyResource.PrimaryEndpointName, url => url.DisplayText = "Alloy")
        .WithUrlForEndpoint(
            AlloyResource.PrimaryEndpointName, _ => new ResourceUrlAnnotation { Url = "/graph", DisplayText = "Component graph" })
        .WithOtlpUrls()
        .WithIconName("ArrowRouting")
        .WithHttpHealthCheck("/-/ready", endpointName: AlloyResource.PrimaryEndpointName);

    private static ReferenceExpression Loopback(EndpointReference endpoint) =>
        ReferenceExpression.Create($"127.0.0.1:{endpoint.Property(EndpointProperty.TargetPort)}");
}
