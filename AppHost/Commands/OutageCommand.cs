using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Commands;

namespace Aspire.Hosting;

/// <summary>An outage on demand: the container is stopped, and started again after a while.</summary>
internal static class OutageCommand
{
    /// <summary>The command's name, with a container as without.</summary>
    public const string Name = "outage";

    /// <summary>Its name in the dashboard.</summary>
    public const string DisplayName = "Outage";

    /// <summary>Its icon.</summary>
    public const string IconName = "PlugDisconnected";

    /// <summary>What it does.</summary>
    public const string Description =
        "Takes the part away and brings it back with all that it had, while numbered lines are sent; reads each back from the store.";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <summary>Adds the command. The resource's data must outlive its container, or the outage would be a loss.</summary>
    /// <typeparam name="T">The resource's type.</typeparam>
    /// <param name="builder">The resource.</param>
    public static IResourceBuilder<T> WithOutageCommand<T>(this IResourceBuilder<T> builder)
        where T : ContainerResource => builder.WithCommand(
        Name,
        DisplayName,
        context =>
        {
            var time = context.Services.GetService<TimeProvider>() ?? TimeProvider.System;
            var seconds = context.Arguments.NumberOf(FaultTrial.SecondsInput, FaultTrial.DefaultSeconds);
            return new FaultTrial(RunningServices.Of(context.Services), time).RunAsync(
                seconds,
                context.Arguments.NumberOf(FaultTrial.LinesInput, VerificationOrder.DefaultLines),
                sink: null,
                stop => HappenAsync(builder.Resource, context.Services, TimeSpan.FromSeconds(Math.Max(0, seconds)), time, stop),
                context.CancellationToken);
        },
        new CommandOptions
        {
            Description = Description,
            IconName = IconName,
            UpdateState = CommandStates.WhileRunning,
            Arguments = FaultTrial.Inputs(FaultTrial.DefaultSeconds, "How long the container is stopped."),
        });

    // Aspire asks for the stop for some 20 s and then calls it failed, though a busy container goes down all the same: left alone it would
    // stay down.
    private static async Task<bool> ExitsAsync(
        IResource resource, ResourceNotificationService notifications, CancellationToken cancellationToken)
    {
        try
        {
            await notifications.WaitForResourceAsync(resource.Name, KnownResourceStates.Exited, cancellationToken)
                .WaitAsync(StopLimit, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task<(string What, IReadOnlyList<Figure> Figures)> HappenAsync(
        IResource resource, IServiceProvider services, TimeSpan length, TimeProvider time, CancellationToken cancellationToken)
    {
        var commands = services.GetRequiredService<ResourceCommandService>();
        var notifications = services.GetRequiredService<ResourceNotificationService>();

        var stopped = await commands.ExecuteCommandAsync(resource, KnownResourceCommands.StopCommand, cancellationToken);
        if (!stopped.Success && !await ExitsAsync(resource, notifications, cancellationToken))
            throw new FaultException(stopped.Message ?? $"{resource.Name} could not be stopped");

        var figures = await Restart.AfterAsync(
            resource,
            again => again.ExecuteCommandAsync(resource, KnownResourceCommands.StartCommand, CancellationToken.None),
            services,
            length,
            time,
            cancellationToken);
        return ($"{resource.Name} was away for {FaultTrial.Seconds(length)}", figures);
    }
}
