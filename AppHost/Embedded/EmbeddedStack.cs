namespace Observability.AppHost.Embedded;

/// <summary>The parts of AllInOne that take the containers' place.</summary>
/// <param name="Process">The process that holds both.</param>
/// <param name="Kafka">The connection to its broker.</param>
/// <param name="Loki">The connection to its log store.</param>
internal sealed record EmbeddedStack(
    IResourceBuilder<ProjectResource> Process,
    IResourceBuilder<ConnectionStringResource> Kafka,
    IResourceBuilder<ConnectionStringResource> Loki);
