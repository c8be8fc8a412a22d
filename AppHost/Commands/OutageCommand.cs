using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>An outage on demand: the resource is stopped, and started again a minute later.</summary>
internal static class OutageCommand
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <summary>Adds the command. The resource's data must outlive its container, or the outage would be a loss.</summary>
    public static IResourceBuilder<T> WithOutageCommand<T>(this IResourceBuilder<T> builder)
        where T : ContainerResource => builder.WithCommand(
        "outage",
        "Outage for 60 s",
        context => RunAsync(builder.Resource, context),
        new CommandOptions
        {
            Description =
                "Stops the container, starts it again after a minute and waits until it is healthy. Nothing may be lost: verify afterwards.",
            IconName = "PlugDisconnected",
            ConfirmationMessage = $"Stop {builder.Resource.Name} for a minute?",
            UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running
                ? ResourceCommandState.Enabled
                : ResourceCommandState.Disabled,
        });

    // Aspire asks for the stop for some 20 s and then calls it failed, though a busy container goes down all the same: left alone it would
    // stay down.
    private static async Task<bool> ExitsAsync(IResource resource, ResourceNotificationService notifications,
        CancellationToken cancellationToken)
    {
        try
        {
            await notifications.WaitForResourceAsync(resource.Name, KnownResourceStates.Exited, cancellationToken).WaitAsync(StopLimit,
                cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task<ExecuteCommandResult> RunAsync(IResource resource, ExecuteCommandContext context)
    {
        var commands = context.Services.GetRequiredService<ResourceCommandService>();
        var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
        var time = context.Services.GetService<TimeProvider>() ?? TimeProvider.System;

        var stopped = await commands.ExecuteCommandAsync(resource, KnownResourceCommands.StopCommand, context.CancellationToken);
        if (!stopped.Success && !await ExitsAsync(resource, notifications, context.CancellationToken))
            return stopped;

        try
        {
            await Task.Delay(Duration, time, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Cancelling ends the outage early; it must not leave the resource down.
        }

        var started = await commands.ExecuteCommandAsync(resource, KnownResourceCommands.StartCommand, CancellationToken.None);
        if (!started.Success)
            return started;

        var watch = Stopwatch.StartNew();
        await notifications.WaitForResourceAsync(resource.Name, KnownResourceStates.Running, context.CancellationToken);
        await notifications.WaitForResourceHealthyAsync(resource.Name, context.CancellationToken);
        return CommandResults.Success(
            $"{resource.Name} was away for {Duration.TotalSeconds:0} s and was healthy {watch.Elapsed.TotalSeconds:0.0} s after its start");
    }
}
