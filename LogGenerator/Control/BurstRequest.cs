namespace Observability.LogGenerator.Control;

/// <summary>A burst.</summary>
/// <param name="Factor">By how much the rate is multiplied, from 0.001 to 10,000.</param>
/// <param name="Duration">How long, such as <c>10s</c> or <c>00:00:10</c>; at most one day.</param>
internal sealed record BurstRequest(double Factor, string Duration);
