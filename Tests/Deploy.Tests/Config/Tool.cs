using System.Diagnostics;

namespace Observability.Deploy.Tests.Config;

/// <summary>A program that judges a file, where this machine has it; its test is skipped, and says so, where it has not.</summary>
internal static class Tool
{
    /// <summary>Runs the program and returns what it said, after asserting that it found nothing wrong.</summary>
    public static async Task<string> AcceptsAsync(string name, string package, params IEnumerable<string> arguments)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{name} is not on this machine: {package}");

        var start = new ProcessStartInfo(path!, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Go's garbage collector takes a quarter of promtool's time, which has little to keep.
            Environment = { ["GOGC"] = "800" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var said = await output + await errors;
        Assert.True(process.ExitCode == 0, said);
        return said;
    }

    public static Task<string> PromtoolAcceptsAsync(params IEnumerable<string> arguments) =>
        AcceptsAsync("promtool", "apt-get install prometheus", arguments);
}
