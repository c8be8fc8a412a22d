using k8s.Models;

namespace Observability.AppHost.Tests.Publishing;

/// <summary>The Prometheus operator's custom resource, as far as the chart uses it (its CRD: monitoring.coreos.com_servicemonitors.yaml).</summary>
public sealed class ServiceMonitor
{
    public string? ApiVersion { get; set; }

    public string? Kind { get; set; }

    public V1ObjectMeta Metadata { get; set; } = new();

    public ServiceMonitorSpec Spec { get; set; } = new();
}
