#pragma warning disable ASPIREPROBES001 // Experimental: the one call that is a health check in a run and a probe in the cluster.

namespace Aspire.Hosting;

/// <summary>The health of the stack's own services, which all answer on the same paths.</summary>
internal static class ServiceHealthExtensions
{
    /// <summary>Ready when every dependency was reached, alive as long as the process answers.</summary>
    public static IResourceBuilder<ProjectResource> WithServiceHealth(this IResourceBuilder<ProjectResource> builder) => builder
        .WithHttpProbe(ProbeType.Readiness, "/health", timeoutSeconds: 5)
        .WithHttpProbe(ProbeType.Liveness, "/alive", timeoutSeconds: 3);
}
