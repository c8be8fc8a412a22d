using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Commands;

namespace Aspire.Hosting;

/// <summary>A crash on demand: the process is killed, without a chance to commit what it has done, and started again.</summary>
internal static class KillCommand
{
    private const int DefaultSeconds = 5;

    // Where Aspire keeps it ("KnownProperties.Executable.Pid").
    private const string ProcessIdProperty = "executable.pid";

    private static readonly TimeSpan ExitLimit = TimeSpan.FromMinutes(1);

    /// <summary>Adds the command.</summary>
    /// <param name="builder">The service.</param>
    public static IResourceBuilder<ProjectResource> WithKillCommand(this IResourceBuilder<ProjectResource> builder) => builder.WithCommand(
        "kill",
        "Kill and start again",
        context =>
        {
            var time = context.Services.GetService<TimeProvider>() ?? TimeProvider.System;
            var seconds = context.Arguments.NumberOf(FaultTrial.SecondsInput, DefaultSeconds);
            return new FaultTrial(RunningServices.Of(context.Services), time).RunAsync(
                seconds,
                context.Arguments.NumberOf(FaultTrial.LinesInput, VerificationOrder.DefaultLines),
                sink: null,
                stop => HappenAsync(
                    builder.Resource, context.ResourceName, context.Services, TimeSpan.FromSeconds(Math.Max(0, seconds)), time, stop),
                context.CancellationToken);
        },
        new CommandOptions
        {
            Description = "Kills the process in the midst of its work and starts it again, while numbered lines are sent; reads each back "
                + "from the store.",
            IconName = "Skull",
            UpdateState = CommandStates.WhileRunning,
            Arguments = FaultTrial.Inputs(DefaultSeconds, "How long after the kill it is started again."),
        });

    private static async Task<(string What, IReadOnlyList<Figure> Figures)> HappenAsync(
        ProjectResource resource, string instance, IServiceProvider services, TimeSpan length, TimeProvider time, CancellationToken stop)
    {
        var notifications = services.GetRequiredService<ResourceNotificationService>();
        if (!notifications.TryGetCurrentState(instance, out var current) || ProcessId(current.Snapshot) is not { } id)
            throw new FaultException($"{resource.Name} has no process");

        try
        {
            // The service is a child of "dotnet run".
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
        }
        catch (ArgumentException)
        {
            throw new FaultException($"{resource.Name} has no process any more");
        }

        // Cancelling must not leave it down.
        try
        {
            await notifications.WaitForResourceAsync(resource.Name, KnownResourceStates.TerminalStates, CancellationToken.None)
                .WaitAsync(ExitLimit, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            throw new FaultException($"{resource.Name} was killed, and Aspire has not noticed for {ExitLimit.TotalSeconds} s: start it by hand");
        }

        var figures = await Restart.AfterAsync(
            resource,
            commands => commands.ExecuteCommandAsync(instance, KnownResourceCommands.StartCommand, CancellationToken.None),
            services,
            length,
            time,
            stop);
        return ($"{resource.Name} was killed and away for {FaultTrial.Seconds(length)}", figures);
    }

    private static int? ProcessId(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == ProcessIdProperty)?.Value switch
        {
            int id => id,
            { } other when int.TryParse(other.ToString(), CultureInfo.InvariantCulture, out var id) => id,
            _ => null,
        };
}
