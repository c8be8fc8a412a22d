namespace Observability.AppHost.Tests.Model;

public sealed class EmbeddedModel() : StackModel("--Stack:Containers=false", "--DcpPublisher:RandomizePorts=false");
