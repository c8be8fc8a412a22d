namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Prometheus server as a program of this machine.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="command">The program: its path, or its name where it is on the PATH.</param>
/// <param name="workingDirectory">The working directory.</param>
public class PrometheusExecutableResource(string name, string command, string workingDirectory)
    : ExecutableResource(name, command, workingDirectory), IPrometheusResource
{
    /// <inheritdoc/>
    public EndpointReference PrimaryEndpoint => field ??= new(this, PrometheusResource.PrimaryEndpointName);

    /// <summary>Gets the base URL of the HTTP API.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Url)}");
}
