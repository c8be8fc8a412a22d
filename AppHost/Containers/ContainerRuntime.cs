using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Observability.AppHost.Containers;

/// <summary>Finds out whether this machine can run containers.</summary>
internal static class ContainerRuntime
{
    // Aspire's own orchestrator asks the same question of the same two programs, and prefers Docker:
    // https://github.com/microsoft/dcp/blob/main/internal/containers/runtimes/runtime.go
    private static readonly string[] KnownRuntimes = ["docker", "podman"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks each runtime that Aspire would use to list a container.</summary>
    /// <param name="configuration">Where <c>ASPIRE_CONTAINER_RUNTIME</c> may name the only one that counts.</param>
    /// <returns>The runtime that answered, or null, and the reason in words.</returns>
    public static (string? Runtime, string Reason) Find(IConfiguration configuration)
    {
        var configured = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
        var reasons = new List<string>();
        foreach (var runtime in configured is { Length: > 0 } ? [configured] : KnownRuntimes)
        {
            if (Answers(runtime, out var reason))
                return (runtime, $"{runtime} answers");
            reasons.Add(reason);
        }

        return (null, string.Join(", ", reasons));
    }

    private static bool Answers(string runtime, out string reason)
    {
        var start = new ProcessStartInfo(runtime, ["container", "ls", "--last", "1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        try
        {
            using var process = Process.Start(start)!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                reason = $"{runtime} does not answer";
                return false;
            }

            reason = $"{runtime} is installed but its engine does not run";
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            reason = $"no {runtime}";
            return false;
        }
    }
}
