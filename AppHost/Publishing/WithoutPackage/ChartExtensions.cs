using Aspire.Hosting.Pipelines;
using k8s;
using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Publishing;

#pragma warning disable ASPIREPIPELINES001, ASPIREPIPELINES004 // Experimental: the only way to take part in publishing.
#pragma warning disable ASPIREPROBES001 // Experimental: what WithHttpProbe leaves behind.

namespace Aspire.Hosting;

/// <summary>Adds the chart that publishing writes, for a build without the package Aspire.Hosting.Kubernetes.</summary>
internal static class ChartExtensions
{
    /// <summary>Adds the step that writes the chart.</summary>
    public static void AddChart(this IDistributedApplicationBuilder builder, [ResourceName] string name,
        ChartCompletion completion) => builder.Pipeline.AddStep(
        $"publish-{name}",
        async context =>
        {
            var directory = context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory();
            await WriteAsync(context, directory);
            await completion.RunAsync(directory, context.CancellationToken);
        },
        requiredBy: WellKnownPipelineSteps.Publish);

    private static async Task WriteAsync(PipelineStepContext context, string directory)
    {
        var values = new ChartValues();
        await WriteFileAsync("Chart.yaml", new ChartDescription());
        foreach (var project in context.Model.Resources.OfType<ProjectResource>())
        {
            var service = project.Annotations.OfType<PublishedService>().Single();
            var image = values.Parameter(service.Name, $"{service.Name}_image", $"{service.Name}:latest");
            var environment = await ServiceEnvironment.ReadAsync(project, values, context.ExecutionContext, context.CancellationToken);
            var probes = project.Annotations.OfType<EndpointProbeAnnotation>().ToDictionary(probe => probe.Type);
            var manifests = new ServiceManifests(service, image, project.GetReplicaCount(), environment, probes);
            foreach (var (file, manifest) in manifests.All)
                await WriteFileAsync(Path.Combine("templates", service.Name, $"{file}.yaml"), manifest);
        }

        await WriteFileAsync("values.yaml", values);

        async Task WriteFileAsync(string file, object content)
        {
            var path = Path.Combine(directory, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, KubernetesYaml.Serialize(content) + "\n", context.CancellationToken);
        }
    }
}
