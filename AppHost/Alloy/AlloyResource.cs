namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A Grafana Alloy collector. Its connection string is the URL of its OTLP receiver over HTTP, such as <c>http://localhost:4318</c>:
/// that is what others connect to it for.
/// </summary>
/// <param name="name">The name of the resource.</param>
public class AlloyResource(string name) : ContainerResource(name), IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "http";
    internal const string OtlpHttpEndpointName = "otlp-http";
    internal const string OtlpGrpcEndpointName = "otlp-grpc";

    /// <summary>Gets the endpoint of Alloy's own page, health and metrics.</summary>
    public EndpointReference PrimaryEndpoint => field ??= new(this, PrimaryEndpointName);

    /// <summary>Gets the endpoint of the OTLP receiver over HTTP.</summary>
    public EndpointReference OtlpHttpEndpoint => field ??= new(this, OtlpHttpEndpointName);

    /// <summary>Gets the endpoint of the OTLP receiver over gRPC.</summary>
    public EndpointReference OtlpGrpcEndpoint => field ??= new(this, OtlpGrpcEndpointName);

    /// <summary>Gets the URL of the OTLP receiver over HTTP.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{OtlpHttpEndpoint.Property(EndpointProperty.Url)}");

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        yield return new("Host", ReferenceExpression.Create($"{OtlpHttpEndpoint.Property(EndpointProperty.Host)}"));
        yield return new("Port", ReferenceExpression.Create($"{OtlpHttpEndpoint.Property(EndpointProperty.Port)}"));
        yield return new("Uri", ConnectionStringExpression);
    }
}
