namespace Observability.AppHost.Publishing;

/// <summary>What of a service is scraped.</summary>
internal sealed class ServiceMonitorEndpoint
{
    public string? Port { get; set; }

    public string? Path { get; set; }

    public string? Interval { get; set; }
}
