namespace Observability.Forwarder.Wire;

/// <summary>Cuts UTF-8 between characters.</summary>
internal static class Utf8Text
{
    /// <summary>The longest beginning of <paramref name="text"/> of at most <paramref name="maxBytes"/> bytes that ends between two
    /// characters.</summary>
    public static ReadOnlySpan<byte> Truncate(ReadOnlySpan<byte> text, int maxBytes)
    {
        if (text.Length <= maxBytes)
            return text;

        // A continuation byte is 10xxxxxx.
        while (maxBytes > 0 && (text[maxBytes] & 0xC0) == 0x80)
            maxBytes--;
        return text[..maxBytes];
    }
}
