namespace Aspire.Hosting;

/// <summary>
/// A run that ends stops everything at the same time, and whoever takes longer than six seconds is killed
/// (<c>signalAndWaitTimeout</c> in <c>pkg/process/os_executor_unix.go</c> of microsoft/dcp): nobody may wait long for another that has
/// gone.
/// </summary>
internal static class PromptStopExtensions
{
    /// <summary>Gives up telemetry that the dashboard does not take, which Aspire has repeated for ten seconds.</summary>
    public static IResourceBuilder<ProjectResource> WithPromptStop(this IResourceBuilder<ProjectResource> builder) => builder
        .WithEnvironment(context =>
        {
            if (context.ExecutionContext.IsRunMode)
                context.EnvironmentVariables.Remove("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY");
        });

    /// <summary>Has the Forwarder give up soon what Loki does not take any more. It was not committed, so it comes again after the next
    /// start.</summary>
    public static IResourceBuilder<ProjectResource> WithPromptDrain(this IResourceBuilder<ProjectResource> builder) =>
        builder.ApplicationBuilder.ExecutionContext.IsRunMode ? builder.WithEnvironment("Forwarder__DrainTimeout", "00:00:02") : builder;
}
