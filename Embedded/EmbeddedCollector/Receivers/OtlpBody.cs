using System.Globalization;
using System.IO.Compression;

namespace Observability.Embedded.EmbeddedCollector.Receivers;

/// <summary>Reads the body of a request, decompressed and within its limit.</summary>
internal static class OtlpBody
{
    private const int ReadSize = 64 * 1024;

    /// <exception cref="OtlpFormatException">
    /// It is larger than <paramref name="limit"/>, damaged, or of an encoding that is not known.
    /// </exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int limit)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        await using Stream body = encoding.ToUpperInvariant() switch
        {
            "" or "IDENTITY" => request.Body,
            "GZIP" => new GZipStream(request.Body, CompressionMode.Decompress),
            "DEFLATE" => new ZLibStream(request.Body, CompressionMode.Decompress),
            "BR" => new BrotliStream(request.Body, CompressionMode.Decompress),
            _ => throw new OtlpFormatException(
                StatusCodes.Status415UnsupportedMediaType, $"Content-Encoding is '{encoding}': it must be gzip, deflate, br or absent"),
        };
        using var bytes = new MemoryStream((int)Math.Min(request.ContentLength ?? ReadSize, limit));
        var buffer = new byte[ReadSize];
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
            {
                if (bytes.Length + read > limit)
                    throw TooLarge(limit);
                bytes.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException exception)
        {
            throw new OtlpFormatException(StatusCodes.Status400BadRequest, $"the body is not {encoding}: {exception.Message}");
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge(limit);
        }

        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private static OtlpFormatException TooLarge(int limit) => new(
        StatusCodes.Status413PayloadTooLarge, string.Create(CultureInfo.InvariantCulture, $"the request has more than {limit} bytes"));
}
