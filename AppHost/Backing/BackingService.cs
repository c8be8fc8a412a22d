using Observability.AppHost.Embedded;

namespace Observability.AppHost.Backing;

/// <summary>A backing service as those see it who use it.</summary>
/// <param name="Connection">The connection to it.</param>
/// <param name="Resource">What others wait for; null for one that is not of this run.</param>
/// <param name="Metrics">Where its metrics are; null for one whose metrics are not scraped.</param>
internal sealed record BackingService(
    IResourceBuilder<IResourceWithConnectionString> Connection,
    IResourceBuilder<IResource>? Resource = null,
    EndpointReference? Metrics = null)
{
    /// <summary>An embedded part.</summary>
    public static BackingService Of(EmbeddedPart part) => new(part.Connection, part.Process, part.Process.GetEndpoint("http"));

    /// <summary>A Loki.</summary>
    public static BackingService Of(IResourceBuilder<ILokiResource> loki) => new(loki, loki, loki.Resource.PrimaryEndpoint);

    /// <summary>An Alloy.</summary>
    public static BackingService Of(IResourceBuilder<IAlloyResource> alloy) => new(alloy, alloy, alloy.Resource.PrimaryEndpoint);
}
