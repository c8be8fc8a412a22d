using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Observability.AppHost.Commands;

/// <summary>The second half of a fault that takes a resource down: it stays down for a while, and comes back.</summary>
internal static class Restart
{
    /// <summary>Leaves the resource down for a while, starts it, and waits until it is healthy.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="start">Starts it.</param>
    /// <param name="services">The application's.</param>
    /// <param name="length">How long it stays down.</param>
    /// <param name="time">The time.</param>
    /// <param name="stop">Ends the wait early; the resource is started all the same.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="FaultException">It could not be started.</exception>
    public static async Task<IReadOnlyList<Figure>> AfterAsync(
        IResource resource,
        Func<ResourceCommandService, Task<ExecuteCommandResult>> start,
        IServiceProvider services,
        TimeSpan length,
        TimeProvider time,
        CancellationToken stop)
    {
        // Cancelling ends the fault early; it must not leave the resource down.
        await Task.Delay(length, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var started = await start(services.GetRequiredService<ResourceCommandService>());
        if (!started.Success)
            throw new FaultException(started.Message ?? $"{resource.Name} could not be started again");

        var began = time.GetTimestamp();
        var notifications = services.GetRequiredService<ResourceNotificationService>();
        await notifications.WaitForResourceAsync(resource.Name, KnownResourceStates.Running, stop);
        await notifications.WaitForResourceHealthyAsync(resource.Name, stop);
        return [new("healthy after its start", time.GetElapsedTime(began).TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture))];
    }
}
