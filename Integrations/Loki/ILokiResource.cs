namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A Loki log store, in a container or as a program of the machine. Its connection string is the base URL of its HTTP API, such as
/// <c>http://localhost:3100</c>.
/// </summary>
public interface ILokiResource : IResourceWithConnectionString, IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs,
    IResourceWithWaitSupport
{
    /// <summary>Gets the endpoint of the HTTP API: push, query and metrics.</summary>
    EndpointReference PrimaryEndpoint { get; }

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
        PrimaryEndpoint.GetConnectionProperties();
}
