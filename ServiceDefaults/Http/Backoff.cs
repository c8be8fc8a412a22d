using System.Net.Http.Headers;

namespace Observability.ServiceDefaults.Http;

/// <summary>
/// Pauses between attempts that double up to a longest one, with jitter over the upper half, so that many clients do not return in step.
/// </summary>
/// <param name="least">The first pause.</param>
/// <param name="most">The longest pause.</param>
/// <param name="longestAsked">The longest pause that a server may ask for (<c>Retry-After</c>): whoever asks for more is mistaken.</param>
/// <param name="random">The jitter.</param>
public sealed class Backoff(TimeSpan least, TimeSpan most, TimeSpan longestAsked, Random random)
{
    private TimeSpan _next = least;

    /// <summary>The pause before the next attempt.</summary>
    /// <param name="retryAfter">What the server asked for: the pause is no shorter, up to the longest that may be asked for.</param>
    public TimeSpan Next(TimeSpan? retryAfter)
    {
        var pause = _next * (0.5 + (random.NextDouble() / 2));
        _next = _next * 2 < most ? _next * 2 : most;
        var asked = retryAfter < longestAsked ? retryAfter : longestAsked;
        return retryAfter is not null && asked > pause ? asked.Value : pause;
    }

    /// <summary>What a server asked for by <c>Retry-After</c>, in either form (RFC 9110, 10.2.3); null when it did not.</summary>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="now">The time.</param>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return headers.RetryAfter is not { } header ? null : header.Delta ?? (header.Date is { } date ? date - now : null);
    }
}
