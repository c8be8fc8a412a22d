using System.CommandLine;

namespace Observability.LogGenerator.Cli;

/// <summary>The command line.</summary>
internal static class LogGeneratorCommand
{
    // As long as the host itself allows: what was made is delivered before the process ends.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="context">What to run with; null for the process's own streams.</param>
    /// <param name="cancellationToken">Stops the command as Ctrl-C does.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, CommandContext? context = null, CancellationToken cancellationToken = default)
    {
        context ??= new CommandContext(Console.OpenStandardOutput(), Console.Error) { IsTerminal = !Console.IsErrorRedirected };
        using var output = new StreamWriter(context.Output, leaveOpen: true);

        var run = new RunOptions();
        var root = new RootCommand("Makes log lines at a set rate and pattern, and verifies that they arrived. Without a command it runs the generator.")
        {
            new RunCommand(context),
            new VerifyCommand(context),
        };
        run.AddTo(root);
        root.SetAction((result, token) => RunCommand.RunAsync(context, run.Read(result), token));

        var parsed = root.Parse(args);
        if (parsed.Errors is [var error, ..])
        {
            await context.Error.WriteLineAsync(error.Message);
            return ExitCode.Usage;
        }

        var invocation = new InvocationConfiguration { Output = output, Error = context.Error, ProcessTerminationTimeout = ShutdownTimeout };
        return await parsed.InvokeAsync(invocation, cancellationToken);
    }
}
