using System.Net;
using System.Net.Sockets;
using Observability.AppHost.Embedded;

namespace Aspire.Hosting;

/// <summary>Adds the embedded broker and log store to the model.</summary>
internal static class EmbeddedStackExtensions
{
    private const string KafkaEndpointName = "kafka";

    /// <summary>Adds AllInOne with nothing but its broker and its log store, and a connection to each, named as the containers would be.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the process.</param>
    /// <param name="port">The port of the store's API and of the web page.</param>
    public static EmbeddedStack AddEmbeddedStack(this IDistributedApplicationBuilder builder, [ResourceName] string name, int port)
    {
        // A broker tells its clients where to find it, so no proxy may stand before it, and its port must be known beforehand.
        var kafkaPort = FindFreePort();
        var process = builder.AddProject<Projects.AllInOne>(name, launchProfileName: null)
            .WithHttpEndpoint(port)
            .WithEndpoint(KafkaEndpointName, endpoint =>
            {
                endpoint.UriScheme = "tcp";
                endpoint.Port = kafkaPort;
                endpoint.TargetPort = kafkaPort;
                endpoint.IsProxied = false;
            })
            .WithUrlForEndpoint("http", url => url.DisplayText = "Logs")
            .WithIconName("BoxMultiple")
            .AsOwnProcess()
            .WithPromptStop()
            // The address is among the arguments.
            .WithEnvironment(context => context.EnvironmentVariables.Remove("ASPNETCORE_URLS"))
            .WithHttpHealthCheck("/health");

        var http = process.GetEndpoint("http");
        var kafka = process.GetEndpoint(KafkaEndpointName);
        process.WithArgs("--no-generator", "--no-forwarder", "--port", http.Property(EndpointProperty.TargetPort), "--kafka-port", kafka.Property(EndpointProperty.TargetPort));

        // By number: where "localhost" is ::1 first, each connection would begin with a refusal.
        return new(
            process,
            builder.AddConnectionString("kafka", ReferenceExpression.Create($"{kafka.Property(EndpointProperty.IPV4Host)}:{kafka.Property(EndpointProperty.Port)}")).WithParentRelationship(process),
            builder.AddConnectionString("loki", ReferenceExpression.Create($"{http.Property(EndpointProperty.Url)}")).WithParentRelationship(process));
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
