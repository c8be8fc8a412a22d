namespace Observability.LogGenerator.Verification;

/// <summary>
/// End-to-end latency: from a line's timestamp until a query first returned it. The store is polled, so a line may have
/// been there for up to <paramref name="ResolutionMs"/> before it was noticed: the true latency is that much less at most.
/// </summary>
/// <param name="P50Ms">Half of the lines took no longer, in milliseconds.</param>
/// <param name="P95Ms">95 % took no longer, in milliseconds.</param>
/// <param name="P99Ms">99 % took no longer, in milliseconds.</param>
/// <param name="MaxMs">The longest, in milliseconds.</param>
/// <param name="ResolutionMs">The time between two looks at the store, for 95 % of the lines, in milliseconds.</param>
internal sealed record LatencyReport(double P50Ms, double P95Ms, double P99Ms, double MaxMs, double ResolutionMs);
