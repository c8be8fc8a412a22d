namespace Observability.ServiceDefaults.Telemetry;

/// <summary>The paths that every service has.</summary>
public static class ServicePaths
{
    /// <summary>Path of the readiness check: answers 200 only when every dependency was really reached.</summary>
    public const string Health = "/health";

    /// <summary>Path of the liveness check: answers 200 as long as the process can answer at all.</summary>
    public const string Alive = "/alive";

    /// <summary>Paths at which Loki and Alloy, and what stands in for them, say that they are ready.</summary>
    public static IReadOnlyList<string> Ready { get; } = ["/ready", "/-/ready"];

    /// <summary>Paths that take lines, whoever the service is: OTLP over HTTP and gRPC, and Loki's push.</summary>
    public static IReadOnlyList<string> Ingestion { get; } =
        ["/v1/logs", "/opentelemetry.proto.collector.logs.v1.LogsService", "/loki/api/v1/push", "/otlp/v1/logs"];

    /// <summary>Path of the Prometheus scrape endpoint.</summary>
    public const string Metrics = "/metrics";
}
