using System.Text;

namespace Observability.ServiceDefaults.Http;

/// <summary>Reads answers up to a bound: nobody knows how long the answer of a wrong address is.</summary>
public static class BoundedContent
{
    /// <summary>Reads the beginning of an answer as text, for messages.</summary>
    /// <param name="content">The answer.</param>
    /// <param name="most">The most bytes that are read.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The text, trimmed.</returns>
    public static async Task<string> ReadTextAsync(this HttpContent content, int most, CancellationToken cancellationToken)
    {
        return Encoding.UTF8.GetString((await content.ReadBytesAsync(most, cancellationToken)).Span).Trim();
    }

    /// <summary>Reads the beginning of an answer.</summary>
    /// <param name="content">The answer.</param>
    /// <param name="most">The most bytes that are read.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(this HttpContent content, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        // Nearly every answer is short, whatever the bound.
        var buffer = new byte[Math.Min(most, 4096)];
        var length = 0;
        while (length < most && await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var read)
        {
            length += read;
            if (length == buffer.Length && length < most)
                Array.Resize(ref buffer, Math.Min(most, length * 2));
        }

        return buffer.AsMemory(0, length);
    }
}
