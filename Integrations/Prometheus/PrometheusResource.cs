namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Prometheus server in a container.</summary>
/// <param name="name">The name of the resource.</param>
public class PrometheusResource(string name) : ContainerResource(name), IPrometheusResource
{
    internal const string PrimaryEndpointName = "http";

    /// <inheritdoc/>
    public EndpointReference PrimaryEndpoint => field ??= new(this, PrimaryEndpointName);

    /// <summary>Gets the base URL of the HTTP API.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Url)}");
}
