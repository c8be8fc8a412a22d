namespace Observability.AppHost.Tests.Running;

public sealed class ContainerRun() : RunningStack("--Stack:Containers=true", "--Stack:ForwarderReplicas=2")
{
    public override string? Missing { get; } = ContainerRuntimeRequirement.Missing();
}
