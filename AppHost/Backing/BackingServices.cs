namespace Observability.AppHost.Backing;

/// <summary>What stands behind the services, in one of the three modes.</summary>
/// <param name="Kafka">The broker.</param>
/// <param name="Loki">The log store.</param>
/// <param name="Alloy">The collector; null in the cluster, where it reads the pods' standard output.</param>
/// <param name="Prometheus">Null where there is none in the run.</param>
/// <param name="Grafana">Null where there is none in the run.</param>
internal sealed record BackingServices(
    BackingService Kafka,
    BackingService Loki,
    BackingService? Alloy = null,
    IResourceBuilder<IPrometheusResource>? Prometheus = null,
    IResourceBuilder<IGrafanaResource>? Grafana = null);
