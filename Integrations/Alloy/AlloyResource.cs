namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Grafana Alloy collector in a container.</summary>
/// <param name="name">The name of the resource.</param>
public class AlloyResource(string name) : ContainerResource(name), IAlloyResource
{
    internal const string PrimaryEndpointName = "http";
    internal const string OtlpHttpEndpointName = "otlp-http";
    internal const string OtlpGrpcEndpointName = "otlp-grpc";

    /// <inheritdoc/>
    public EndpointReference PrimaryEndpoint => field ??= new(this, PrimaryEndpointName);

    /// <inheritdoc/>
    public EndpointReference OtlpHttpEndpoint => field ??= new(this, OtlpHttpEndpointName);

    /// <inheritdoc/>
    public EndpointReference OtlpGrpcEndpoint => field ??= new(this, OtlpGrpcEndpointName);

    /// <summary>Gets the URL of the OTLP receiver over HTTP.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{OtlpHttpEndpoint.Property(EndpointProperty.Url)}");
}
