namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Grafana server.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="adminPassword">The password of the user <c>admin</c>.</param>
public class GrafanaResource(string name, ParameterResource adminPassword) : ContainerResource(name)
{
    internal const string PrimaryEndpointName = "http";

    /// <summary>Gets the endpoint of the web page and of the HTTP API.</summary>
    public EndpointReference PrimaryEndpoint => field ??= new(this, PrimaryEndpointName);

    /// <summary>Gets the parameter that holds the password of the user <c>admin</c>.</summary>
    public ParameterResource AdminPassword { get; } = adminPassword;
}
