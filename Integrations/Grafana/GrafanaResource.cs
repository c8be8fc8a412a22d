namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Grafana server in a container.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="adminPassword">The password of the user <c>admin</c>.</param>
public class GrafanaResource(string name, ParameterResource adminPassword) : ContainerResource(name), IGrafanaResource
{
    internal const string PrimaryEndpointName = "http";

    /// <inheritdoc/>
    public EndpointReference PrimaryEndpoint => field ??= new(this, PrimaryEndpointName);

    /// <inheritdoc/>
    public ParameterResource AdminPassword { get; } = adminPassword;
}
