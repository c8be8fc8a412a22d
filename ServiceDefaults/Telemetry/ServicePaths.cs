namespace Observability.ServiceDefaults.Telemetry;

/// <summary>The paths that every service has.</summary>
public static class ServicePaths
{
    /// <summary>Path of the readiness check: answers 200 only when every dependency was really reached.</summary>
    public const string Health = "/health";

    /// <summary>Path of the liveness check: answers 200 as long as the process can answer at all.</summary>
    public const string Alive = "/alive";

    /// <summary>Path of the Prometheus scrape endpoint.</summary>
    public const string Metrics = "/metrics";
}
