namespace Observability.LogGenerator.Control;

/// <summary>A verification to run.</summary>
/// <param name="Lines">How many lines are sent, from 1 to 100,000,000.</param>
/// <param name="Rate">Lines a second, up to 1,000,000.</param>
/// <param name="Timeout">How long to wait without a single further line arriving, such as <c>60s</c>; at most one hour.</param>
/// <param name="MaxOutstanding">The most lines that are sent but not yet seen.</param>
/// <param name="Sink">The way that the lines go: one that the service has; null for that of its own verification.</param>
internal sealed record VerifyRequest(
    int Lines = 1_000, double Rate = 1_000, string Timeout = "60s", int MaxOutstanding = 100_000, string? Sink = null);
