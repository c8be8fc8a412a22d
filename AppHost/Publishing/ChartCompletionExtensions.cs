using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Publishing;

#pragma warning disable ASPIREPIPELINES001, ASPIREPIPELINES004 // Experimental: the only way to take part in publishing.

namespace Aspire.Hosting;

/// <summary>Adds the chart that publishing writes.</summary>
internal static class ChartCompletionExtensions
{
    /// <summary>Adds the environment that writes the chart, and its completion.</summary>
    public static void AddChart(this IDistributedApplicationBuilder builder, [ResourceName] string name, ChartCompletion completion) => builder.AddKubernetesEnvironment(name)
        .WithHelm(helm => helm.WithChartName("observability").WithChartVersion("1.0.0").WithChartDescription("LogGenerator and Forwarder"))
        .WithDashboard(false)
        .CompleteChart(completion);

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
