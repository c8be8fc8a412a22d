namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Grafana server, in a container or as a program of the machine.</summary>
public interface IGrafanaResource : IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport
{
    /// <summary>Gets the endpoint of the web page and of the HTTP API.</summary>
    EndpointReference PrimaryEndpoint { get; }

    /// <summary>Gets the parameter that holds the password of the user <c>admin</c>.</summary>
    ParameterResource AdminPassword { get; }
}
