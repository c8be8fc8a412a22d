using Microsoft.Extensions.Configuration;
using Observability.AppHost.Containers;

namespace Observability.AppHost.Tests.Running;

/// <summary>Whether tests that need containers run: skipped where no runtime answers, failed where one was promised.</summary>
internal static class ContainerRuntimeRequirement
{
    /// <summary>Set to <c>required</c> where a container runtime must be: then its absence is a failure.</summary>
    public const string Variable = "CONTAINER_RUNTIME";

    /// <summary>Why the tests cannot run here; null if they can.</summary>
    public static string? Missing()
    {
        var (runtime, reason) = ContainerRuntime.Find(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        return runtime is null ? $"no container runtime: {reason}" : null;
    }

    /// <summary>Skips the test if something is missing, or fails it if that was promised.</summary>
    public static void Check(string? missing)
    {
        Assert.False(missing is not null && Environment.GetEnvironmentVariable(Variable) == "required",
            $"{Variable} is required: {missing}");
        Assert.SkipWhen(missing is not null, missing ?? "");
    }
}
