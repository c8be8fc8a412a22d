using k8s.Models;

namespace Observability.AppHost.Publishing;

/// <summary>Which services are scraped, and how.</summary>
internal sealed class ServiceMonitorSpec
{
    public V1LabelSelector Selector { get; set; } = new();

    public IList<ServiceMonitorEndpoint> Endpoints { get; set; } = [];
}
