namespace Observability.AppHost.Embedded;

/// <summary>A part of AllInOne that takes a container's place.</summary>
/// <param name="Process">Its process.</param>
/// <param name="Connection">The connection to it.</param>
internal sealed record EmbeddedPart(IResourceBuilder<ProjectResource> Process, IResourceBuilder<IResourceWithConnectionString> Connection);
