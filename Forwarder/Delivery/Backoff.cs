namespace Observability.Forwarder.Delivery;

/// <summary>Exponential back-off with full jitter over its upper half, so that many forwarders do not return in step.</summary>
internal sealed class Backoff(TimeSpan least, TimeSpan most, Random random)
{
    // Whoever asks for more is mistaken, and timers have their limits.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    private TimeSpan _next = least;

    /// <summary>The pause before the next attempt.</summary>
    /// <param name="retryAfter">What the server asked for: the pause is no shorter, up to an hour.</param>
    public TimeSpan Next(TimeSpan? retryAfter)
    {
        var pause = _next * (0.5 + (random.NextDouble() / 2));
        _next = _next * 2 < most ? _next * 2 : most;
        return !(retryAfter > pause) ? pause : retryAfter < LongestAsked ? retryAfter.Value : LongestAsked;
    }
}
