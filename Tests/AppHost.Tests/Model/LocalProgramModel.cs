namespace Observability.AppHost.Tests.Model;

/// <summary>The stack without containers, with programs in the place of all that can have one. They are never started.</summary>
public sealed class LocalProgramModel() : StackModel(
    "--Stack:Containers=false", $"--Stack:Programs:Prometheus={Program}", $"--Stack:Programs:Grafana={Program}",
    $"--Stack:Programs:Loki={Program}", $"--Stack:Programs:Alloy={Program}")
{
    public static string Program { get; } = typeof(LocalProgramModel).Assembly.Location;
}
