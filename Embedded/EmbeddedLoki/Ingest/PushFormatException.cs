namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>The body of a push cannot be read at all, or holds more than the store takes at once: nothing is stored.</summary>
internal sealed class PushFormatException(string message, int statusCode = StatusCodes.Status400BadRequest) : Exception(message)
{
    public int StatusCode { get; } = statusCode;

    /// <summary>A few bytes, compressed, may hold millions of entries, each of which takes memory.</summary>
    public static PushFormatException TooMany(string what, int limit) => new(
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"request body too large: more than {limit} {what} in one push, the limit of the embedded store (MaxPushEntries)"),
        StatusCodes.Status413PayloadTooLarge);

    /// <summary>What a request says once may belong to each of its records.</summary>
    public static PushFormatException TooLarge(string what, long limit) => new(
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"request body too large: more than {limit} bytes of {what} in one push, the limit of the embedded store "
            + $"(MaxDecompressedBytes)"),
        StatusCodes.Status413PayloadTooLarge);
}
