namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A Grafana Alloy collector, in a container or as a program of the machine. Its connection string is the URL of its OTLP receiver over
/// HTTP, such as <c>http://localhost:4318</c>: that is what others connect to it for.
/// </summary>
public interface IAlloyResource : IResourceWithConnectionString, IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs,
    IResourceWithWaitSupport
{
    /// <summary>Gets the endpoint of Alloy's own page, health and metrics.</summary>
    EndpointReference PrimaryEndpoint { get; }

    /// <summary>Gets the endpoint of the OTLP receiver over HTTP.</summary>
    EndpointReference OtlpHttpEndpoint { get; }

    /// <summary>Gets the endpoint of the OTLP receiver over gRPC.</summary>
    EndpointReference OtlpGrpcEndpoint { get; }

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
        OtlpHttpEndpoint.GetConnectionProperties();
}
