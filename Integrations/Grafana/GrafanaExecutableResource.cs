namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Grafana server as a program of this machine.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="command">The program: its path, or its name where it is on the PATH.</param>
/// <param name="workingDirectory">The working directory.</param>
/// <param name="adminPassword">The password of the user <c>admin</c>.</param>
public class GrafanaExecutableResource(string name, string command, string workingDirectory, ParameterResource adminPassword)
    : ExecutableResource(name, command, workingDirectory), IGrafanaResource
{
    /// <inheritdoc/>
    public EndpointReference PrimaryEndpoint => field ??= new(this, GrafanaResource.PrimaryEndpointName);

    /// <inheritdoc/>
    public ParameterResource AdminPassword { get; } = adminPassword;
}
