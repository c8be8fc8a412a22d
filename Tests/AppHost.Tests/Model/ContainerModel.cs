namespace Observability.AppHost.Tests.Model;

public sealed class ContainerModel() : StackModel("--Stack:Containers=true", "--Stack:ForwarderReplicas=3", "--Parameters:log-rate=250",
    "--DcpPublisher:RandomizePorts=false");
