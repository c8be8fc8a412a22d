using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Observability.AppHost.Kafka;

namespace Aspire.Hosting;

/// <summary>Adds Kafka to the application model with the calls of the package Aspire.Hosting.Kafka, for a build without it. Only what this
/// solution calls is here.</summary>
public static class KafkaBuilderExtensions
{
    private const int BrokerPort = 9092;
    private const int InternalBrokerPort = 9093;
    private const int KafkaUIPort = 8080;
    private const string DataDirectory = "/var/lib/kafka/data";

    /// <summary>Adds a Kafka broker (KRaft) in a container.</summary>
    /// <remarks>This version defaults to the <inheritdoc cref="KafkaContainerImageTags.Tag"/> tag of the
    /// <inheritdoc cref="KafkaContainerImageTags.Image"/> container image.</remarks>
    /// <param name="builder">The <see cref="IDistributedApplicationBuilder"/>.</param>
    /// <param name="name">The name of the resource, which is also the name of its connection string.</param>
    /// <param name="port">The host port of the broker; a free one when absent.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<KafkaServerResource> AddKafka(this IDistributedApplicationBuilder builder, [ResourceName] string name,
        int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);

        var kafka = new KafkaServerResource(name);
        var check = $"{name}_check";
        builder.Services.AddHealthChecks()
            .Add(new HealthCheckRegistration(check, _ => new KafkaAnswers(kafka), failureStatus: null, tags: null));

        return builder.AddResource(kafka)
            .WithImage(KafkaContainerImageTags.Image, KafkaContainerImageTags.Tag)
            .WithImageRegistry(KafkaContainerImageTags.Registry)
            .WithEndpoint(port, BrokerPort, name: KafkaServerResource.PrimaryEndpointName)
            .WithEndpoint(targetPort: InternalBrokerPort, name: KafkaServerResource.InternalEndpointName)
            .WithEnvironment("KAFKA_LISTENERS",
                $"PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,HOST://0.0.0.0:{BrokerPort.ToString()},INTERNAL://0.0.0.0:{InternalBrokerPort.ToString()}")
            .WithEnvironment("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT,INTERNAL:PLAINTEXT")

            // Each client is sent on to the address that it can reach: the host's processes to the published port, containers to the
            // broker's name.
            .WithEnvironment("KAFKA_ADVERTISED_LISTENERS", ReferenceExpression.Create(
                $"PLAINTEXT://localhost:29092,HOST://localhost:{kafka.PrimaryEndpoint.Property(EndpointProperty.Port)},INTERNAL://{name}:{kafka.InternalEndpoint.Property(EndpointProperty.TargetPort)}"))
            .WithIconName("MailMultiple")
            .WithHealthCheck(check);
    }

    /// <summary>Adds Kafka UI in a container.</summary>
    /// <remarks>This version defaults to the <inheritdoc cref="KafkaContainerImageTags.KafkaUiTag"/> tag of the
    /// <inheritdoc cref="KafkaContainerImageTags.KafkaUiImage"/> container image.</remarks>
    /// <param name="builder">The broker.</param>
    /// <param name="configureContainer">Configures Kafka UI's resource.</param>
    /// <param name="containerName">The name of Kafka UI's resource.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<KafkaServerResource> WithKafkaUI(
        this IResourceBuilder<KafkaServerResource> builder, Action<IResourceBuilder<KafkaUIContainerResource>>? configureContainer = null,
        string? containerName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var broker = builder.Resource;
        var ui = builder.ApplicationBuilder.AddResource(new KafkaUIContainerResource(containerName ?? "kafka-ui"))
            .WithImage(KafkaContainerImageTags.KafkaUiImage, KafkaContainerImageTags.KafkaUiTag)
            .WithImageRegistry(KafkaContainerImageTags.Registry)
            .WithHttpEndpoint(targetPort: KafkaUIPort)
            .WithEnvironment("KAFKA_CLUSTERS_0_NAME", broker.Name)
            .WithEnvironment("KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS",
                ReferenceExpression.Create($"{broker.Name}:{broker.InternalEndpoint.Property(EndpointProperty.TargetPort)}"))
            .WithIconName("WindowDatabase")
            .ExcludeFromManifest();
        configureContainer?.Invoke(ui);
        return builder;
    }

    /// <summary>Keeps the data of a Kafka container in a named volume, over restarts.</summary>
    /// <param name="builder">The resource builder.</param>
    /// <param name="name">The name of the volume. Defaults to an auto-generated name based on the application and resource names.</param>
    /// <param name="isReadOnly">Whether the volume is mounted for reading only.</param>
    /// <returns>The <see cref="IResourceBuilder{T}"/>.</returns>
    public static IResourceBuilder<KafkaServerResource> WithDataVolume(this IResourceBuilder<KafkaServerResource> builder,
        string? name = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);

        return builder
            .WithEnvironment("KAFKA_LOG_DIRS", DataDirectory)
            .WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataDirectory, isReadOnly);
    }
}
