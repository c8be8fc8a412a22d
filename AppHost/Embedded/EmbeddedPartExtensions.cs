using Microsoft.Extensions.Configuration;
using Observability.AppHost.Embedded;
using Observability.AppHost.Ports;

namespace Aspire.Hosting;

/// <summary>Adds the embedded parts to the model, each a process of AllInOne with one role, named as the container would be whose place it
/// takes.</summary>
internal static class EmbeddedPartExtensions
{
    private const string KafkaEndpointName = "tcp";

    /// <summary>Adds the embedded broker.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="port">The broker's port, as with a container.</param>
    public static EmbeddedPart AddEmbeddedKafka(this IDistributedApplicationBuilder builder, [ResourceName] string name, int port)
    {
        // A broker tells its clients where to find it, so no proxy may stand before it, and its port must be known beforehand.
        var kafkaPort = builder.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts") ? LocalPort.FindFree() : port;
        var process = builder.AddPart(name, port: null)
            .WithEndpoint(KafkaEndpointName, endpoint =>
            {
                endpoint.UriScheme = "tcp";
                endpoint.Port = kafkaPort;
                endpoint.TargetPort = kafkaPort;
                endpoint.IsProxied = false;
            })
            .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/health", "Health"))
            .WithIconName("MailMultiple")
            .WithVerifyCommand("kafka", "to Kafka directly")
            .WithKafkaFaults();
        var kafka = process.GetEndpoint(KafkaEndpointName);
        process.WithArgs("kafka", "--kafka-port", kafka.Property(EndpointProperty.TargetPort));

        // By number: where "localhost" is ::1 first, each connection would begin with a refusal.
        return process.ConnectedBy(
            ReferenceExpression.Create($"{kafka.Property(EndpointProperty.IPV4Host)}:{kafka.Property(EndpointProperty.Port)}"));
    }

    /// <summary>Adds the embedded log store.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="port">The port of its API and its page, as with a container.</param>
    public static EmbeddedPart AddEmbeddedLoki(this IDistributedApplicationBuilder builder, [ResourceName] string name, int port)
    {
        var process = builder.AddPart(name, port)
            .WithArgs("loki")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Logs")
            .WithIconName("DocumentSearch")
            .WithLokiFaults();
        return process.ConnectedBy(ReferenceExpression.Create($"{process.GetEndpoint("http").Property(EndpointProperty.Url)}"));
    }

    /// <summary>Adds the embedded collector in Alloy's place.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="port">The port of its health and metrics, as with a container.</param>
    /// <param name="otlpHttpPort">The port for OTLP over HTTP.</param>
    /// <param name="otlpGrpcPort">The port for OTLP over gRPC.</param>
    /// <param name="kafka">The broker that it writes to.</param>
    public static EmbeddedPart AddEmbeddedAlloy(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        int port,
        int otlpHttpPort,
        int otlpGrpcPort,
        EmbeddedPart kafka)
    {
        var process = builder.AddPart(name, port)
            .WithHttpEndpoint(otlpHttpPort, name: AlloyResource.OtlpHttpEndpointName)
            .WithHttpEndpoint(otlpGrpcPort, name: AlloyResource.OtlpGrpcEndpointName)

            // It listens for OTLP on sockets of its own.
            .WithEndpointsInEnvironment(endpoint => endpoint.Name == AlloyResource.PrimaryEndpointName)
            .WithUrlForEndpoint(AlloyResource.PrimaryEndpointName, url => (url.Url, url.DisplayText) = ("/health", "Health"))
            .WithOtlpUrls()
            .WithIconName("ArrowRouting")
            .WithVerifyCommand("otlp", "through the collector, over OTLP,")
            .WithInstabilityCommand()
            .WithReference(kafka.Connection)
            .WaitFor(kafka.Process);
        var (http, grpc) = (process.GetEndpoint(AlloyResource.OtlpHttpEndpointName),
            process.GetEndpoint(AlloyResource.OtlpGrpcEndpointName));
        process.WithArgs("collector", "--otlp-port", http.Property(EndpointProperty.TargetPort), "--otlp-grpc-port",
            grpc.Property(EndpointProperty.TargetPort));
        return process.ConnectedBy(ReferenceExpression.Create($"{http.Property(EndpointProperty.Url)}"));
    }

    private static IResourceBuilder<ProjectResource> AddPart(this IDistributedApplicationBuilder builder, [ResourceName] string name,
        int? port) => builder
        .AddProject<Projects.AllInOne>(name, launchProfileName: null)
        .WithHttpEndpoint(port)
        .AsOwnProcess()
        .WithPromptStop()
        .WithEnvironment("OTEL_SERVICE_NAME", name)
        .WithHttpHealthCheck("/health");

    private static EmbeddedPart ConnectedBy(this IResourceBuilder<ProjectResource> process, ReferenceExpression connectionString) =>
        new(process, process.ApplicationBuilder.CreateResourceBuilder(new EmbeddedConnection(process.Resource, connectionString)));
}
