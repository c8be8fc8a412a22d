using System.Reflection;

namespace Observability.AppHost.Commands;

/// <summary>How AppHost was built, and so the programs that it starts.</summary>
internal static class BuildConfiguration
{
    /// <summary><c>Debug</c> or <c>Release</c>.</summary>
    public static string Name =>
        typeof(BuildConfiguration).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";
}
