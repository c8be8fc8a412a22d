namespace Observability.Embedded.EmbeddedLoki.Errors;

/// <summary>A request that is answered with a status and Loki's words for why.</summary>
internal sealed class LokiException(int statusCode, string message) : Exception(message)
{
    public LokiException(string message)
        : this(StatusCodes.Status400BadRequest, message)
    {
    }

    public int StatusCode { get; } = statusCode;
}
