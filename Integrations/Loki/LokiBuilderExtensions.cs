namespace Aspire.Hosting;

/// <summary>Provides extension methods for adding Loki to the application model.</summary>
public static class LokiBuilderExtensions
{
    private const int LokiPort = 3100;

    // The configuration file of the image, replaced by WithConfigFile, and the only directory that the image's user may write to.
    private const string ConfigDirectory = "/etc/loki";
    private const string ConfigFile = "local-config.yaml";
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
            .WithArgs($"-config.file={ConfigDirectory}/{ConfigFile}", "-config.expand-env=true")
            .AsLoki();
    }

    /// <summary>Adds Loki as a single process of this machine, from a program that is installed on it. It listens on loopback.</summary>
    /// <remarks>
    /// The configuration must take its addresses and its data's directory from the environment, as <c>${LOKI_HTTP_PORT:-3100}</c>:
    /// <c>LOKI_LISTEN_ADDRESS</c>, <c>LOKI_HTTP_PORT</c>, <c>LOKI_GRPC_PORT</c>, <c>LOKI_DATA</c>. Without <see cref="WithDataDirectory"/>
    /// the data goes with the run.
    /// </remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource, which is also the name of its connection string.</param>
    /// <param name="configFile">The configuration, relative to the AppHost's directory.</param>
    /// <param name="command">The program: its path, or its name where it is on the PATH.</param>
    /// <param name="port">The port of the HTTP API; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<LokiExecutableResource> AddLokiLocal(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string configFile,
        string command = "loki",
        int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(configFile);

        var run = new RunDirectory(name);
        return builder.AddResource(new LokiExecutableResource(name, command, builder.AppHostDirectory))
            .WithHttpEndpoint(port, name: LokiResource.PrimaryEndpointName, env: "LOKI_HTTP_PORT")
            .WithHttpEndpoint(name: "grpc", env: "LOKI_GRPC_PORT")
            .WithEnvironment("LOKI_LISTEN_ADDRESS", "127.0.0.1")
            .WithRunDirectory(run)
            .WithDataDirectory(run.Path)

            // One process has nobody to gossip with, and a fixed port for it would be one more that may be taken.
            .WithArgs(
                $"-config.file={Path.GetFullPath(configFile, builder.AppHostDirectory)}", "-config.expand-env=true",
                "-memberlist.bind-addr=127.0.0.1", "-memberlist.bind-port=0")
            .AsLoki();
    }

    /// <summary>Replaces Loki's configuration by a file of the host.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="source">The file, relative to the AppHost's directory.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<LokiResource> WithConfigFile(this IResourceBuilder<LokiResource> builder, string source)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(source);

        return builder.WithContainerFiles(ConfigDirectory, [builder.FileOfTheHost(source, ConfigFile)]);
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

    /// <summary>Keeps the data of a Loki of this machine in a directory, over restarts.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="directory">The directory, relative to the AppHost's; it is made if it is not there.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<LokiExecutableResource> WithDataDirectory(
        this IResourceBuilder<LokiExecutableResource> builder, string directory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(directory);

        return builder.WithEnvironment("LOKI_DATA", Path.GetFullPath(directory, builder.ApplicationBuilder.AppHostDirectory));
    }

    // What is the same for both.
    private static IResourceBuilder<T> AsLoki<T>(this IResourceBuilder<T> builder)
        where T : ILokiResource => builder
        .WithUrlForEndpoint(LokiResource.PrimaryEndpointName, url => url.DisplayText = "Loki API")
        .WithIconName("DocumentSearch")
        .WithHttpHealthCheck("/ready");
}
