namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Grafana Alloy collector as a program of this machine.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="command">The program: its path, or its name where it is on the PATH.</param>
/// <param name="workingDirectory">The working directory.</param>
public class AlloyExecutableResource(string name, string command, string workingDirectory)
    : ExecutableResource(name, command, workingDirectory), IAlloyResource
{
    /// <inheritdoc/>
    public EndpointReference PrimaryEndpoint => field ??= new(this, AlloyResource.PrimaryEndpointName);

    /// <inheritdoc/>
    public EndpointReference OtlpHttpEndpoint => field ??= new(this, AlloyResource.OtlpHttpEndpointName);

    /// <inheritdoc/>
    public EndpointReference OtlpGrpcEndpoint => field ??= new(this, AlloyResource.OtlpGrpcEndpointName);

    /// <summary>Gets the URL of the OTLP receiver over HTTP.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{OtlpHttpEndpoint.Property(EndpointProperty.Url)}");
}
