namespace Observability.Embedded.EmbeddedCollector.Receivers;

/// <summary>A request that is refused for good.</summary>
/// <param name="statusCode">The HTTP status that says so.</param>
/// <param name="message">Why, in one line.</param>
internal sealed class OtlpFormatException(int statusCode, string message) : Exception(message)
{
    public int StatusCode { get; } = statusCode;
}
