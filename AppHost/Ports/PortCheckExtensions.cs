using Microsoft.Extensions.Configuration;
using Observability.AppHost.Configuration;
using Observability.AppHost.Ports;

namespace Aspire.Hosting;

/// <summary>Looks at the ports before anything starts.</summary>
internal static class PortCheckExtensions
{
    // Names and meanings: src/Shared/KnownConfigNames.cs and DashboardOptions.cs of microsoft/aspire.
    private static readonly (string Key, string User)[] DashboardAddresses =
    [
        ("ASPNETCORE_URLS", "the dashboard"),
        ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "the dashboard's OTLP"),
        ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "the dashboard's OTLP over HTTP"),
        ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "the dashboard's resource service"),
    ];

    /// <summary>
    /// Refuses to start where a fixed port is taken. Aspire would call the resource healthy all the same, since whoever has the port
    /// answers in its place, and send everything there.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="isFree">Whether a port can be listened on.</param>
    /// <exception cref="PortTakenException">When the application starts: a port is taken.</exception>
    public static void RefuseTakenPorts(this IDistributedApplicationBuilder builder, Func<int, bool> isFree) =>
        builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            var taken = FixedPorts(start.Model, builder.Configuration).Where(port => !isFree(port.Port)).ToList();
            return taken.Count == 0 ? Task.CompletedTask : throw new PortTakenException(taken);
        });

    /// <summary>The ports that a run of the model needs: the dashboard's and the resources'.</summary>
    /// <param name="model">The model.</param>
    /// <param name="configuration">Where the dashboard's addresses are.</param>
    internal static IReadOnlyList<FixedPort> FixedPorts(DistributedApplicationModel model, IConfiguration configuration)
    {
        // Then all ports are free ones, the dashboard's too (DcpExecutor.cs and DashboardServiceHost.cs of microsoft/aspire).
        if (configuration.GetValue<bool>("DcpPublisher:RandomizePorts"))
            return [];

        var dashboard = DashboardAddresses.SelectMany(address => (configuration[address.Key] ?? "").Split(';')
            .Select(url => Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri) ? uri.Port : 0)
            .Select(port => new FixedPort(port, address.User, $"--{address.Key}=http://localhost:PORT")));

        var resources = model.Resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>()
            .Select(endpoint => new FixedPort(endpoint.Port ?? 0, resource.Name, WayToAnother(resource, endpoint))));

        return [.. dashboard.Concat(resources).Where(port => port.Port > 0).DistinctBy(port => port.Port)];
    }

    private static string WayToAnother(IResource resource, EndpointAnnotation endpoint) => (resource.Name, endpoint.Name) switch
    {
        (_, AlloyResource.OtlpHttpEndpointName) => Argument(nameof(PortSettings.OtlpHttp)),
        (_, AlloyResource.OtlpGrpcEndpointName) => Argument(nameof(PortSettings.OtlpGrpc)),
        ("kafka", _) => Argument(nameof(PortSettings.Kafka)),
        ("loki", _) => Argument(nameof(PortSettings.Loki)),
        ("alloy", _) => Argument(nameof(PortSettings.Alloy)),
        ("prometheus", _) => Argument(nameof(PortSettings.Prometheus)),
        ("grafana", _) => Argument(nameof(PortSettings.Grafana)),
        _ => $"the launch profile of {resource.Name} (Properties/launchSettings.json)",
    };

    private static string Argument(string name) => $"--{StackSettings.Section}:{nameof(StackSettings.Ports)}:{name}=PORT";
}
