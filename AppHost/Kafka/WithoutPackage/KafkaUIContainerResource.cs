namespace Aspire.Hosting;

/// <summary>Kafka UI, as in the package Aspire.Hosting.Kafka.</summary>
/// <param name="name">The name of the resource.</param>
public sealed class KafkaUIContainerResource(string name) : ContainerResource(name);
