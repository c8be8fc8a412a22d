namespace Observability.AppHost.Tests.Running;

public sealed class EmbeddedRun() : RunningStack("--Stack:Containers=false");
