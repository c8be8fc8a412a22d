namespace Aspire.Hosting;

/// <summary>
/// What Loki takes of one stream, told to the Forwarder: by Loki's own defaults, from which the Forwarder starts, a stream of the load
/// tests would be near its limit and pushed alone. The embedded store has no limit.
/// </summary>
internal static class LokiLimitsExtensions
{
    /// <summary><c>per_stream_rate_limit</c> of <c>deploy/config/loki/loki.yaml</c>, which is the cluster's Loki's as well.</summary>
    internal const string StreamRate = "64MiB";

    /// <summary><c>per_stream_rate_limit_burst</c> of <c>deploy/config/loki/loki.yaml</c>.</summary>
    internal const string StreamBurst = "128MiB";

    /// <summary>Tells the Forwarder what the stack's Loki takes of one stream.</summary>
    public static IResourceBuilder<ProjectResource> WithLokiLimits(this IResourceBuilder<ProjectResource> builder) => builder
        .WithEnvironment("Forwarder__Loki__StreamRate", StreamRate)
        .WithEnvironment("Forwarder__Loki__StreamBurst", StreamBurst);
}
