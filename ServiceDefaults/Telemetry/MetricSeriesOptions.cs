namespace Observability.ServiceDefaults.Telemetry;

/// <summary>
/// How many series a metric may have: OpenTelemetry holds the memory of all of them from the start, 88 bytes each, 12 MB for the metrics
/// of a service by its default. What comes on top is added up in one series with <c>otel.metric.overflow</c>.
/// </summary>
public sealed class MetricSeriesOptions
{
    /// <summary>Series of a metric that <see cref="Many"/> does not name: routes, codes and reasons are few.</summary>
    public const int Few = 200;

    /// <summary>Names of the metrics that have a series for each of something, and so OpenTelemetry's own limit of 2,000.</summary>
    public ISet<string> Many { get; } = new HashSet<string>(StringComparer.Ordinal);
}
