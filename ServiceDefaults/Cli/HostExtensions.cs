using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Cli;

/// <summary>Hosts that a <see cref="CommandHost"/> runs.</summary>
public static class HostExtensions
{
    /// <summary>Adds the settings of the command line, and leaves signals and failures of the start to <see cref="CommandHost"/>.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="settings">The settings of the command line.</param>
    public static void UseCommandLine(this IHostApplicationBuilder builder, CommandLineSettings settings)
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.Configuration.Sources.Add(settings);
        var start = new HostStart();
        builder.Services.AddSingleton(start);
        builder.Services.AddSingleton<IHostLifetime>(start);

        // A start that fails ends the program with one line; the host and Kestrel would write pages about it before.
        foreach (var category in new[] { "Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel" })
            builder.Logging.AddFilter(category, level => start.IsOver && level >= LogLevel.Warning);
    }

    /// <summary>
    /// Runs a host until it is stopped or stops itself. A stop during the start waits for the start, which is short: a start
    /// that is cut off leaves parts of it behind, and a page about it in the log.
    /// </summary>
    /// <param name="host">The host, whose builder had <see cref="UseCommandLine"/>.</param>
    /// <param name="stop">Stops it.</param>
    public static async Task RunUntilStoppedAsync(this IHost host, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(host);

        try
        {
            await host.StartAsync(CancellationToken.None);
        }
        catch (OperationCanceledException)
            when (host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
        {
            // What it runs came to its end, or failed, before all of it had started: it ends as one that had.
        }

        host.Services.GetRequiredService<HostStart>().IsOver = true;
        await host.WaitForShutdownAsync(stop);
    }
}
