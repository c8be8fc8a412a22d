namespace Aspire.Hosting;

/// <summary>Provides extension methods for adding Grafana to the application model.</summary>
public static class GrafanaBuilderExtensions
{
    private const int GrafanaPort = 3000;
    private const string HomeDirectory = "/etc/grafana";
    private const string DataDirectory = "/var/lib/grafana";
    private const string ProvisioningName = "provisioning";
    private const string DashboardsName = "dashboards";
    private const string DashboardsVariable = "DASHBOARDS_PATH";

    /// <summary>Adds a Grafana server in a container.</summary>
    /// <remarks>This version defaults to the <inheritdoc cref="GrafanaContainerImageTags.Tag"/> tag of the
    /// <inheritdoc cref="GrafanaContainerImageTags.Image"/> container image.</remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="adminPassword">The password of the user <c>admin</c>; one is generated, and kept in the user secrets, when
    /// absent.</param>
    /// <param name="port">The host port of the web page; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<GrafanaResource> AddGrafana(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        IResourceBuilder<ParameterResource>? adminPassword = null,
        int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        return builder.AddResource(new GrafanaResource(name, Password(builder, name, adminPassword)))
            .WithImage(GrafanaContainerImageTags.Image, GrafanaContainerImageTags.Tag)
            .WithImageRegistry(GrafanaContainerImageTags.Registry)
            .WithHttpEndpoint(port, GrafanaPort, GrafanaResource.PrimaryEndpointName)
            .AsGrafana();
    }

    /// <summary>Adds a Grafana server from a program that is installed on this machine. It listens on loopback.</summary>
    /// <remarks>Without <see cref="WithDataDirectory"/> what is made in it by hand goes with the run.</remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="command">The program's path.</param>
    /// <param name="adminPassword">The password of the user <c>admin</c>; one is generated, and kept in the user secrets, when
    /// absent.</param>
    /// <param name="port">The port of the web page; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<GrafanaExecutableResource> AddGrafanaLocal(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        string command,
        IResourceBuilder<ParameterResource>? adminPassword = null,
        int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(command);

        // The older of the two programs has its one job in its name.
        string[] server = Path.GetFileNameWithoutExtension(command) == "grafana-server" ? [] : ["server"];
        string[] home = GrafanaHome.Find(command) is { } directory ? ["--homepath", directory] : [];
        var run = new RunDirectory(name);
        return builder.AddResource(
                new GrafanaExecutableResource(name, command, builder.AppHostDirectory, Password(builder, name, adminPassword)))
            .WithHttpEndpoint(port, name: GrafanaResource.PrimaryEndpointName, env: "GF_SERVER_HTTP_PORT")
            .WithArgs([.. server, .. home])
            .WithEnvironment("GF_SERVER_HTTP_ADDR", "127.0.0.1")
            .WithEnvironment("GF_LOG_MODE", "console")
            .WithEnvironment("GF_PATHS_LOGS", Path.Combine(run.Path, "logs"))
            .WithRunDirectory(run)
            .WithDataDirectory(run.Path)
            .AsGrafana();
    }

    /// <summary>Lets anyone who can reach the page look, explore and edit without logging in. For a listener on loopback.</summary>
    /// <typeparam name="T">The server's type.</typeparam>
    /// <param name="builder">The resource builder.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<T> WithAnonymousAccess<T>(this IResourceBuilder<T> builder)
        where T : IGrafanaResource
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
            .WithEnvironment("GF_AUTH_ANONYMOUS_ORG_ROLE", "Editor");
    }

    /// <summary>Provisions data sources and dashboards from directories of the host.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="provisioning">The directory with Grafana's provisioning files, relative to the AppHost's directory.</param>
    /// <param name="dashboards">The directory with the dashboards, relative to the AppHost's directory; the provisioning files find it
    /// in <c>$DASHBOARDS_PATH</c>.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<GrafanaResource> WithProvisioning(
        this IResourceBuilder<GrafanaResource> builder, string provisioning, string dashboards)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(provisioning);
        ArgumentException.ThrowIfNullOrEmpty(dashboards);

        return builder
            .WithContainerFiles(
                HomeDirectory,
                [builder.DirectoryOfTheHost(provisioning, ProvisioningName), builder.DirectoryOfTheHost(dashboards, DashboardsName)])
            .WithEnvironment(DashboardsVariable, $"{HomeDirectory}/{DashboardsName}");
    }

    /// <inheritdoc cref="WithProvisioning(IResourceBuilder{GrafanaResource}, string, string)"/>
    public static IResourceBuilder<GrafanaExecutableResource> WithProvisioning(
        this IResourceBuilder<GrafanaExecutableResource> builder, string provisioning, string dashboards)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(provisioning);
        ArgumentException.ThrowIfNullOrEmpty(dashboards);

        return builder
            .WithEnvironment("GF_PATHS_PROVISIONING", builder.PathOnTheHost(provisioning))
            .WithEnvironment(DashboardsVariable, builder.PathOnTheHost(dashboards));
    }

    /// <summary>Names a data source's URL in an environment variable, for the provisioning files to use.</summary>
    /// <typeparam name="T">The server's type.</typeparam>
    /// <param name="builder">The resource builder.</param>
    /// <param name="variable">The environment variable, such as <c>LOKI_URL</c>.</param>
    /// <param name="source">The data source.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<T> WithDataSource<T>(
        this IResourceBuilder<T> builder, string variable, IResourceBuilder<IResourceWithConnectionString> source)
        where T : IGrafanaResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(variable);
        ArgumentNullException.ThrowIfNull(source);

        return builder.WithEnvironment(variable, source.Resource.ConnectionStringExpression).WithReferenceRelationship(source.Resource);
    }

    /// <summary>Keeps what is made in Grafana by hand in a named volume, over restarts.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="name">The name of the volume. Defaults to an auto-generated name based on the application and resource names.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<GrafanaResource> WithDataVolume(this IResourceBuilder<GrafanaResource> builder, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataDirectory);
    }

    /// <summary>Keeps what is made in a Grafana of this machine by hand in a directory, over restarts.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="directory">The directory, relative to the AppHost's; it is made if it is not there.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<GrafanaExecutableResource> WithDataDirectory(
        this IResourceBuilder<GrafanaExecutableResource> builder, string directory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(directory);

        return builder
            .WithEnvironment("GF_PATHS_DATA", builder.PathOnTheHost(directory))
            .WithEnvironment("GF_PATHS_PLUGINS", Path.Combine(builder.PathOnTheHost(directory), "plugins"));
    }

    // What is the same for both.
    private static IResourceBuilder<T> AsGrafana<T>(this IResourceBuilder<T> builder)
        where T : IGrafanaResource => builder
        .WithUrlForEndpoint(GrafanaResource.PrimaryEndpointName, url => url.DisplayText = "Grafana")
        .WithEnvironment("GF_SECURITY_ADMIN_PASSWORD", builder.Resource.AdminPassword)
        .WithEnvironment("GF_ANALYTICS_REPORTING_ENABLED", "false")
        .WithEnvironment("GF_ANALYTICS_CHECK_FOR_UPDATES", "false")
        .WithEnvironment("GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false")
        .WithIconName("DataBarVertical")
        .WithHttpHealthCheck("/api/health");

    private static ParameterResource Password(
        IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? password) =>
        password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password");
}
