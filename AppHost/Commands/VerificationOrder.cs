namespace Observability.AppHost.Commands;

/// <summary>A verification that LogGenerator is asked for.</summary>
/// <param name="Lines">How many lines.</param>
/// <param name="Rate">Lines a second.</param>
/// <param name="Patience">How long it waits without a single further line arriving.</param>
/// <param name="Sink">The way that the lines go; null for LogGenerator's own choice.</param>
internal sealed record VerificationOrder(double Lines, double Rate, TimeSpan Patience, string? Sink = null)
{
    /// <summary>How many lines a verification sends unless told otherwise.</summary>
    public const int DefaultLines = 10_000;

    /// <summary>How fast they are sent unless told otherwise, in lines a second.</summary>
    public const int DefaultRate = 10_000;

    /// <summary>Longer than an outage and the start after it, so that a verification holds out through one.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(3);
}
