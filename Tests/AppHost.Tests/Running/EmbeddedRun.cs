namespace Observability.AppHost.Tests.Running;

public sealed class EmbeddedRun() : StackRun("--Stack:Containers=false");
