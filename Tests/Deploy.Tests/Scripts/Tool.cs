using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Observability.Deploy.Tests.Scripts;

/// <summary>Programs of the machine, run in the root of the repository.</summary>
internal static partial class Tool
{
    // What deploy/lib.sh asks for.
    private const int OldestKubectl = 34;

    private static readonly Lazy<int> Kubectl = new(MinorVersionOfKubectl);

    public static bool IsInstalled(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));

    public static void SkipWithout(string name) => Assert.SkipUnless(IsInstalled(name), $"{name} is not installed.");

    /// <summary>Skips where there is no kubectl that the scripts would take: a machine's own may be years old.</summary>
    public static void SkipWithoutKubectl() =>
        Assert.SkipUnless(Kubectl.Value >= OldestKubectl, $"kubectl 1.{OldestKubectl} or newer is not installed.");

    public static async Task<ToolResult> RunAsync(string name, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null, string input = "")
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(name.Contains('/', StringComparison.Ordinal) ? Repository.PathOf(name) : name, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in environment ?? new Dictionary<string, string>())
            start.Environment[variable] = value;

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        return new(process.ExitCode, await output, await error);
    }

    private static int MinorVersionOfKubectl()
    {
        if (!IsInstalled("kubectl"))
            return 0;
        using var process = Process.Start(
            new ProcessStartInfo("kubectl", ["version", "--client"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var match = Version().Match(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        return match.Success ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"Client Version: v1\.(\d+)")]
    private static partial Regex Version();
}
