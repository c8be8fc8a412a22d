using System.Text;
using Observability.LogGenerator.Cli;

namespace Observability.LogGenerator.Tests.Support;

/// <summary>A command line and what came of it.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a command line in this process.</summary>
    public static async Task<CommandRun> RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        var code = await LogGeneratorCommand.RunAsync(args, new CommandContext(output, error), cancellationToken);
        return new CommandRun(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    public static Task<CommandRun> RunAsync(params string[] args) => RunAsync(TestContext.Current.CancellationToken, args);
}
