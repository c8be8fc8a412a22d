using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Observability.Embedded.EmbeddedLoki.Go;
using Snappier;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>The body of a push, read and decompressed within the limits, in pooled memory.</summary>
internal sealed class PushBody : IDisposable
{
    private byte[] _bytes;

    private PushBody(byte[] bytes, int length) => (_bytes, Length) = (bytes, length);

    /// <summary>Rented: longer than <see cref="Length"/>.</summary>
    public byte[] Bytes => _bytes;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <exception cref="LokiException">Too large (413), or an encoding that is not known or not kept (400).</exception>
    public static async Task<PushBody> ReadAsync(HttpRequest request, EmbeddedLokiOptions options)
    {
        var body = await ReadAsync(request.Body, request.ContentLength ?? 0, options.MaxRequestBytes, "compressed message size", request.HttpContext.RequestAborted);
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding is "" or "snappy")
            return body;
        using (body)
        {
            using var compressed = new MemoryStream(body._bytes, 0, body.Length);
            await using Stream plain = encoding switch
            {
                "gzip" => new GZipStream(compressed, CompressionMode.Decompress),
                "deflate" => new DeflateStream(compressed, CompressionMode.Decompress),
                _ => throw new LokiException($"Content-Encoding {GoQuote.Quote(encoding)} not supported"),
            };
            try
            {
                return await ReadAsync(plain, body.Length * 4L, options.MaxDecompressedBytes, "decompressed message size", request.HttpContext.RequestAborted);
            }
            catch (InvalidDataException exception)
            {
                throw new LokiException($"{encoding}: invalid data: {exception.Message}");
            }
        }
    }

    /// <summary>Replaces the bytes by what the snappy block in them holds.</summary>
    public void DecompressSnappy(EmbeddedLokiOptions options)
    {
        byte[]? plain = null;
        try
        {
            var length = Snappy.GetUncompressedLength(Span);
            if (length > options.MaxDecompressedBytes)
                throw TooLarge("decompressed message size", length, options.MaxDecompressedBytes);
            plain = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
            var written = Snappy.Decompress(Span, plain);
            (_bytes, plain) = (plain, _bytes);
            Length = written;
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new LokiException("snappy: corrupt input");
        }
        finally
        {
            if (plain is not null)
                ArrayPool<byte>.Shared.Return(plain);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private static async Task<PushBody> ReadAsync(Stream stream, long expected, long limit, string what, CancellationToken cancellationToken)
    {
        if (expected > limit && what.StartsWith("compressed", StringComparison.Ordinal))
            throw TooLarge(what, expected, limit);
        var bytes = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(expected + 1, 4096, 16 * 1024 * 1024));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(bytes.AsMemory(length), cancellationToken);
                if (read == 0)
                    return new(bytes, length);
                length += read;
                if (length > limit)
                    throw TooLarge(what, length, limit);
                if (length < bytes.Length)
                    continue;
                var larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Min(bytes.Length * 2L, Array.MaxLength)));
                bytes.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(bytes);
                bytes = larger;
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(bytes);
            throw;
        }
    }

    private static LokiException TooLarge(string what, long size, long limit) => new(
        StatusCodes.Status413PayloadTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"request body too large: {what} is larger than max ({size} vs {limit})"));
}
