using Observability.AppHost.Backing;

#pragma warning disable ASPIRECERTIFICATES001 // Experimental: the only way to say that a project serves no TLS.

namespace Aspire.Hosting;

/// <summary>Services of one's own, whose logs go through the stack.</summary>
internal static class OwnServiceExtensions
{
    /// <summary>
    /// Adds a project that starts with its own launch profile. Its OTLP logs go to the collector; its traces and metrics stay the
    /// dashboard's. It may write to Kafka, too: it is given the connection.
    /// </summary>
    /// <remarks>
    /// The common variables name the collector and those of traces and metrics the dashboard, not the other way round: .NET's
    /// <c>AddOtlpExporter</c> reads the common ones alone (its README, "Exporter configuration"), and it is the logs that must arrive.
    /// </remarks>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource, and of the service in its lines.</param>
    /// <param name="project">The project file's full path.</param>
    /// <param name="backing">The stack.</param>
    public static IResourceBuilder<ProjectResource> AddOwnService(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string project, BackingServices backing)
    {
        var service = builder.AddProject(name, project)
            .WithIconName("AppGeneric")
            .WithReference(backing.Kafka.Connection);
        if (!service.Resource.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.UriScheme == "https"))
            service.WithoutHttpsCertificate();
        if (backing.Alloy is not { Resource: { } collects } alloy)
            return service;

        return service
            .WaitFor(collects)
            .WithEnvironment(context =>
            {
                var variables = context.EnvironmentVariables;
                foreach (var variable in (string[])["ENDPOINT", "PROTOCOL"])
                {
                    if (!variables.TryGetValue($"OTEL_EXPORTER_OTLP_{variable}", out var dashboard))
                        continue;
                    variables[$"OTEL_EXPORTER_OTLP_TRACES_{variable}"] = dashboard;
                    variables[$"OTEL_EXPORTER_OTLP_METRICS_{variable}"] = dashboard;
                }

                variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = alloy.Connection.Resource.ConnectionStringExpression;
                variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
            });
    }

    /// <summary>The endpoint at which a project's metrics are scraped: its first one without TLS.</summary>
    /// <param name="service">The project.</param>
    /// <returns>Null for a project without such an endpoint.</returns>
    public static EndpointReference? MetricsEndpoint(this IResourceBuilder<ProjectResource> service) =>
        service.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.UriScheme == "http") is { } http
            ? service.GetEndpoint(http.Name)
            : null;
}
