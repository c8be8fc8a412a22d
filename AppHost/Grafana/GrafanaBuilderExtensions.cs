namespace Aspire.Hosting;

/// <summary>Provides extension methods for adding Grafana to the application model.</summary>
public static class GrafanaBuilderExtensions
{
    private const int GrafanaPort = 3000;
    private const string ProvisioningDirectory = "/etc/grafana/provisioning";
    private const string DashboardsDirectory = "/var/lib/grafana/dashboards";
    private const string DataDirectory = "/var/lib/grafana";

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

        var password = adminPassword?.Resource
            ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password");
        return builder.AddResource(new GrafanaResource(name, password))
            .WithImage(GrafanaContainerImageTags.Image, GrafanaContainerImageTags.Tag)
            .WithImageRegistry(GrafanaContainerImageTags.Registry)
            .WithHttpEndpoint(port, GrafanaPort, GrafanaResource.PrimaryEndpointName)
            .WithUrlForEndpoint(GrafanaResource.PrimaryEndpointName, url => url.DisplayText = "Grafana")
            .WithEnvironment("GF_SECURITY_ADMIN_PASSWORD", password)
            .WithEnvironment("GF_ANALYTICS_REPORTING_ENABLED", "false")
            .WithEnvironment("GF_ANALYTICS_CHECK_FOR_UPDATES", "false")
            .WithEnvironment("GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false")
            .WithIconName("DataBarVertical")
            .WithHttpHealthCheck("/api/health");
    }

    /// <summary>Lets anyone who can reach the page look, explore and edit without logging in. For a listener on loopback.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<GrafanaResource> WithAnonymousAccess(this IResourceBuilder<GrafanaResource> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
            .WithEnvironment("GF_AUTH_ANONYMOUS_ORG_ROLE", "Editor");
    }

    /// <summary>Provisions data sources and dashboards from directories of the host.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="provisioning">The directory with Grafana's provisioning files, relative to the AppHost's directory.</param>
    /// <param name="dashboards">The directory with the dashboards, relative to the AppHost's directory.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<GrafanaResource> WithProvisioning(this IResourceBuilder<GrafanaResource> builder, string provisioning,
        string dashboards)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(provisioning);
        ArgumentException.ThrowIfNullOrEmpty(dashboards);

        return builder
            .WithBindMount(provisioning, ProvisioningDirectory, isReadOnly: true)
            .WithBindMount(dashboards, DashboardsDirectory, isReadOnly: true);
    }

    /// <summary>Names a data source's URL in an environment variable, for the provisioning files to use.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="variable">The environment variable, such as <c>LOKI_URL</c>.</param>
    /// <param name="source">The data source.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<GrafanaResource> WithDataSource(
        this IResourceBuilder<GrafanaResource> builder, string variable, IResourceBuilder<IResourceWithConnectionString> source)
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
}
