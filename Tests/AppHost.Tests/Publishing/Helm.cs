using System.ComponentModel;
using System.Diagnostics;

namespace Observability.AppHost.Tests.Publishing;

/// <summary>Helm, where it is: on the path, or where the environment variable <c>HELM</c> points.</summary>
internal static class Helm
{
    private static readonly string Program = Environment.GetEnvironmentVariable("HELM") is { Length: > 0 } path ? path : "helm";

    /// <summary>Runs helm; skips the test where there is none.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"no helm: '{Program}' cannot be started (the environment variable HELM may point to one)");
        }

        using (process)
        {
            var output = process!.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, await output, await error);
        }
    }
}
