using Aspire.Hosting.Pipelines;
using k8s;
using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Publishing;

#pragma warning disable ASPIREPIPELINES001, ASPIREPIPELINES004 // Experimental: the only way to take part in publishing.
#pragma warning disable ASPIREPROBES001

namespace Aspire.Hosting;

/// <summary>The calls of a build without the package Aspire.Hosting.Kubernetes: the chart is written here.</summary>
internal static class KubernetesServiceExtensions
{
    private const int Port = 8080;

    /// <summary>Adds the step that writes the chart.</summary>
    public static void AddChart(this IDistributedApplicationBuilder builder, [ResourceName] string name, ChartCompletion completion) => builder.Pipeline.AddStep(
        $"publish-{name}",
        async context =>
        {
            var directory = context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory();
            var values = new ChartValues();
            await WriteAsync(directory, "Chart.yaml", new Dictionary<string, object>
            {
                ["apiVersion"] = "v2", ["name"] = "observability", ["version"] = "1.0.0", ["appVersion"] = "1.0.0", ["type"] = "application", ["description"] = "LogGenerator and Forwarder",
            }, context.CancellationToken);
            foreach (var service in context.Model.Resources.OfType<ProjectResource>())
            {
                var image = values.Parameter(service.Name, $"{service.Name}_image", $"{service.Name}:{completion.ImageTag}");
                var data = await ServiceEnvironment.ReadAsync(service, values, context.ExecutionContext, Port, context.CancellationToken);
                var manifests = new ServiceManifests(
                    service.Name, service.Annotations.OfType<ServiceSizing>().Single(), service.GetReplicaCount(), image, Port, [.. service.Annotations.OfType<EndpointProbeAnnotation>()], data);
                foreach (var (file, manifest) in manifests.All())
                    await WriteAsync(directory, Path.Combine("templates", service.Name, $"{file}.yaml"), manifest, context.CancellationToken);
            }

            await WriteAsync(directory, "values.yaml", values.Document, context.CancellationToken);
            await completion.RunAsync(directory, context.CancellationToken);
        },
        requiredBy: WellKnownPipelineSteps.Publish);

    /// <summary>Publishes the service hardened and sized.</summary>
    public static IResourceBuilder<ProjectResource> PublishAsHardenedService(this IResourceBuilder<ProjectResource> builder, ServiceSizing sizing) =>
        builder.WithEnvironment("OTEL_SERVICE_NAME", builder.Resource.Name).WithAnnotation(sizing);

    private static async Task WriteAsync(string directory, string file, object content, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, KubernetesYaml.Serialize(content), cancellationToken);
    }
}
