namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A Prometheus server, in a container or as a program of the machine. Its connection string is the base URL of its HTTP API, such as
/// <c>http://localhost:9090</c>.
/// </summary>
public interface IPrometheusResource : IResourceWithConnectionString, IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs,
    IResourceWithWaitSupport
{
    /// <summary>Gets the endpoint of the HTTP API and of the web page.</summary>
    EndpointReference PrimaryEndpoint { get; }

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
        PrimaryEndpoint.GetConnectionProperties();
}
