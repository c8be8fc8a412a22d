using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Publishing;

#pragma warning disable ASPIREPIPELINES001, ASPIREPIPELINES004 // Experimental: the only way to take part in publishing.

namespace Aspire.Hosting;

/// <summary>Adds the last step of publishing.</summary>
internal static class ChartCompletionExtensions
{
    /// <summary>Runs the completion after the environment's chart has been written.</summary>
    public static IResourceBuilder<KubernetesEnvironmentResource> CompleteChart(this IResourceBuilder<KubernetesEnvironmentResource> environment, ChartCompletion completion)
    {
        environment.ApplicationBuilder.Pipeline.AddStep(
            $"complete-chart-{environment.Resource.Name}",
            context => completion.RunAsync(context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory(), context.CancellationToken),
            dependsOn: $"publish-{environment.Resource.Name}",
            requiredBy: WellKnownPipelineSteps.Publish);
        return environment;
    }
}
