namespace Aspire.Hosting;

/// <summary>Provides extension methods for adding Loki to the application model.</summary>
public static class LokiBuilderExtensions
{
    private const int LokiPort = 3100;

    // The configuration file of the image, replaced by WithConfigFile, and the only directory that the image's user may write to.
    private const string ConfigFile = "/etc/loki/local-config.yaml";
    private const string DataDirectory = "/loki";

    /// <summary>Adds Loki as a single process in a container.</summary>
    /// <remarks>This version defaults to the <inheritdoc cref="LokiContainerImageTags.Tag"/> tag of the
    /// <inheritdoc cref="LokiContainerImageTags.Image"/> container image.</remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource, which is also the name of its connection string.</param>
    /// <param name="port">The host port of the HTTP API; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<LokiResource> AddLoki(this IDistributedApplicationBuilder builder, [ResourceName] string name,
        int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        return builder.AddResource(new LokiResource(name))
            .WithImage(LokiContainerImageTags.Image, LokiContainerImageTags.Tag)
            .WithImageRegistry(LokiContainerImageTags.Registry)
            .WithHttpEndpoint(port, LokiPort, LokiResource.PrimaryEndpointName)
            .WithUrlForEndpoint(LokiResource.PrimaryEndpointName, url => url.DisplayText = "Loki API")
            .WithArgs($"-config.file={ConfigFile}", "-config.expand-env=true")
            .WithIconName("DocumentSearch")
            .WithHttpHealthCheck("/ready");
    }

    /// <summary>Replaces Loki's configuration by a file of the host.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="source">The file, relative to the AppHost's directory.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<LokiResource> WithConfigFile(this IResourceBuilder<LokiResource> builder, string source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(source);

        return builder.WithBindMount(source, ConfigFile, isReadOnly: true);
    }

    /// <summary>Keeps the data of a Loki container in a named volume, over restarts.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="name">The name of the volume. Defaults to an auto-generated name based on the application and resource names.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<LokiResource> WithDataVolume(this IResourceBuilder<LokiResource> builder, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataDirectory);
    }
}
