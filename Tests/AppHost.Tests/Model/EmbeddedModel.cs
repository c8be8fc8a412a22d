namespace Observability.AppHost.Tests.Model;

public sealed class EmbeddedModel() : StackModel(
    "--Stack:Containers=false", "--Stack:Programs:Prometheus=none", "--Stack:Programs:Grafana=none",
    "--DcpPublisher:RandomizePorts=false");
