using k8s;
using k8s.Models;

namespace Observability.AppHost.Publishing;

/// <summary>The Prometheus operator's custom resource, as far as the chart uses it (its CRD:
/// monitoring.coreos.com_servicemonitors.yaml).</summary>
internal sealed class ServiceMonitor : IKubernetesObject<V1ObjectMeta>, ISpec<ServiceMonitorSpec>
{
    public string ApiVersion { get; set; } = "monitoring.coreos.com/v1";

    public string Kind { get; set; } = "ServiceMonitor";

    public V1ObjectMeta Metadata { get; set; } = new();

    public ServiceMonitorSpec Spec { get; set; } = new();
}
