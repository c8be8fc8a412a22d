using System.Text;

namespace Observability.Forwarder.Lines;

/// <summary>Makes names that Loki takes (Prometheus' rule: a letter or underscore, then letters, digits and underscores).</summary>
internal static class LabelNames
{
    /// <summary>Replaces every other character by an underscore, as Loki does with OTLP attributes; a leading digit gets one before
    /// it.</summary>
    public static string Sanitize(string name)
    {
        Span<byte> sanitized = stackalloc byte[Encoding.UTF8.GetMaxByteCount(name.Length) + 1];
        return Encoding.ASCII.GetString(sanitized[..Sanitize(Encoding.UTF8.GetBytes(name), sanitized)]);
    }

    /// <inheritdoc cref="Sanitize(string)"/>
    /// <param name="name">The name in UTF-8.</param>
    /// <param name="sanitized">A byte longer than the name.</param>
    /// <returns>How much of <paramref name="sanitized"/> was written.</returns>
    public static int Sanitize(ReadOnlySpan<byte> name, Span<byte> sanitized)
    {
        var length = 0;
        foreach (var character in name)
        {
            // The bytes of a character behind its first one: the first has become the underscore.
            if ((character & 0xC0) == 0x80)
                continue;
            if (length == 0 && char.IsAsciiDigit((char)character))
                sanitized[length++] = (byte)'_';
            sanitized[length++] = char.IsAsciiLetterOrDigit((char)character) ? character : (byte)'_';
        }

        if (length == 0)
            sanitized[length++] = (byte)'_';
        return length;
    }
}
