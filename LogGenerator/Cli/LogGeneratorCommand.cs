using System.CommandLine;
using Observability.ServiceDefaults.Cli;

namespace Observability.LogGenerator.Cli;

/// <summary>The command line.</summary>
internal static class LogGeneratorCommand
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="context">What to run with; null for the process's own streams.</param>
    /// <param name="cancellationToken">Stops the command as Ctrl-C does.</param>
    /// <returns>The exit code: see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CommandContext? context = null, CancellationToken cancellationToken = default)
    {
        context ??= new CommandContext(StandardStreams.OpenOutput(), Console.Error) { IsTerminal = !Console.IsErrorRedirected };
        await using var output = new StreamWriter(context.Output, leaveOpen: true) { AutoFlush = true };

        var root = new RootCommand(
            "Makes log lines at a set rate and pattern, and verifies that they arrived. Without a command it runs the generator.");
        var host = new CommandHost(root, output, context.Error);
        RunCommand.AddTo(host, root, context);
        RunCommand.AddTo(host, new Command("run", "Makes log lines, with an API beside it that controls them."), context);
        VerifyCommand.AddTo(host, context);
        return await host.RunAsync(args, cancellationToken);
    }
}
