namespace Observability.Forwarder.Delivery;

/// <summary>As much of somebody else's words as a log line or a span takes.</summary>
internal static class Excerpt
{
    private const int Longest = 500;

    /// <summary>Cuts a text where it is too long.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Its first 500 characters and an ellipsis, or all of it.</returns>
    public static string Of(string text) => text.Length > Longest ? text[..Longest] + " …" : text;
}
