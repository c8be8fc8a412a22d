using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Publishing;

#pragma warning disable ASPIREPIPELINES001, ASPIREPIPELINES004 // Experimental: the only way to take part in publishing.

namespace Aspire.Hosting;

/// <summary>Adds the chart that publishing writes, with the package Aspire.Hosting.Kubernetes.</summary>
internal static class ChartExtensions
{
    /// <summary>Adds the environment that writes the chart, and the step that completes it.</summary>
    public static void AddChart(this IDistributedApplicationBuilder builder, [ResourceName] string name, ChartCompletion completion)
    {
        builder.AddKubernetesEnvironment(name)
            .WithHelm(helm => helm.WithChartName(Chart.Name).WithChartVersion(Chart.Version).WithChartDescription(Chart.Description))
            .WithDashboard(false);
        builder.Pipeline.AddStep(
            $"complete-{name}",
            context => completion.RunAsync(context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory(),
                context.CancellationToken),
            dependsOn: $"publish-{name}",
            requiredBy: WellKnownPipelineSteps.Publish);
    }
}
