using Observability.AppHost.Publishing;

namespace Aspire.Hosting;

/// <summary>Says what a service is in the chart, for a build without the package Aspire.Hosting.Kubernetes.</summary>
internal static class KubernetesServiceExtensions
{
    /// <summary>Publishes the service hardened and sized, with a monitor and, if it may have several replicas, a budget and an
    /// autoscaler.</summary>
    public static IResourceBuilder<ProjectResource> PublishAsHardenedService(this IResourceBuilder<ProjectResource> builder,
        ServiceSizing sizing) => builder
        .WithEnvironment("OTEL_SERVICE_NAME", builder.Resource.Name)
        .WithAnnotation(new PublishedService(builder.Resource.Name, sizing));
}
