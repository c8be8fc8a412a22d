using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Limits;
using Snappier;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>The body of a push, read and decompressed within the limits, in pooled memory.</summary>
internal sealed class PushBody : IDisposable
{
    /// <summary>
    /// Ordinary pushes share their buffers; what is larger is let go, or a few large pushes would hold their memory for good.
    /// </summary>
    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(maxArrayLength: 4 * 1024 * 1024, maxArraysPerBucket: 4);

    private byte[] _bytes;

    private PushBody(byte[] bytes, int length) => (_bytes, Length) = (bytes, length);

    /// <summary>Rented: longer than <see cref="Length"/>.</summary>
    public byte[] Bytes => _bytes;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>The body of Loki's own push.</summary>
    /// <exception cref="LokiException">Too large (413), or an encoding that is not known or not kept (400).</exception>
    public static Task<PushBody> ReadAsync(HttpRequest request, EmbeddedLokiOptions options) =>
        ReadAsync(request, options, (encoding, compressed) => encoding switch
    {
        "" or "snappy" => null,
        "gzip" => new GZipStream(compressed, CompressionMode.Decompress),
        "deflate" => new DeflateStream(compressed, CompressionMode.Decompress),
        _ => throw new LokiException($"Content-Encoding {GoQuote.Quote(encoding)} not supported"),
    });

    /// <summary>The body of an OTLP export.</summary>
    /// <exception cref="LokiException">Too large (413), or an encoding that is not known or not kept (400).</exception>
    public static Task<PushBody> ReadOtlpAsync(HttpRequest request, EmbeddedLokiOptions options) =>
        ReadAsync(request, options, (encoding, compressed) => encoding switch
    {
        "" => null,
        "gzip" => new GZipStream(compressed, CompressionMode.Decompress),
        "zstd" => new ZstdSharp.DecompressionStream(compressed),
        "lz4" => LZ4Stream.Decode(compressed),
        _ => throw new LokiException($"unsupported content encoding {encoding}: only gzip, lz4 and zstd are supported"),
    });

    /// <summary>Replaces the bytes by what the snappy block in them holds.</summary>
    public void DecompressSnappy(EmbeddedLokiOptions options)
    {
        byte[]? plain = null;
        try
        {
            // The length that the block declares, before anything is made for it.
            var length = SnappyLength(Span);
            if (length > options.MaxDecompressedBytes)
                throw TooLarge("decompressed message size", length, options.MaxDecompressedBytes);
            plain = Pool.Rent(Math.Max((int)length, 1));
            var written = Snappy.Decompress(Span, plain);
            (_bytes, plain) = (plain, _bytes);
            Length = written;
        }
        catch (Exception exception) when (
            exception is InvalidDataException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new LokiException("snappy: corrupt input");
        }
        finally
        {
            if (plain is not null)
                Pool.Return(plain);
        }
    }

    public void Dispose()
    {
        Pool.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private static async Task<PushBody> ReadAsync(
        HttpRequest request, EmbeddedLokiOptions options, Func<string, Stream, Stream?> decompress)
    {
        var aborted = request.HttpContext.RequestAborted;
        var body = await ReadAsync(request.Body, request.ContentLength ?? 0, options.MaxRequestBytes, "compressed message size", aborted);
        var encoding = RequestForm.First(request.Headers.ContentEncoding);
        Stream? plain = null;
        try
        {
            var compressed = new MemoryStream(body._bytes, 0, body.Length);
            plain = decompress(encoding, compressed);
            if (plain is null)
                return body;
            var result = await ReadAsync(plain, body.Length * 4L, options.MaxDecompressedBytes, "decompressed message size", aborted);
            body.Dispose();
            return result;
        }
        catch (Exception exception) when (exception is not (LokiException or OperationCanceledException or OutOfMemoryException))
        {
            // The bytes are in memory, so it is their fault: each library has exceptions of its own for that.
            body.Dispose();
            throw new LokiException($"{encoding}: invalid data: {exception.Message}");
        }
        catch
        {
            body.Dispose();
            throw;
        }
        finally
        {
            if (plain is not null)
                await plain.DisposeAsync();
        }
    }

    private static async Task<PushBody> ReadAsync(
        Stream stream, long expected, long limit, string what, CancellationToken cancellationToken)
    {
        if (expected > limit && what.StartsWith("compressed", StringComparison.Ordinal))
            throw TooLarge(what, expected, limit);
        var bytes = Pool.Rent((int)Math.Min(Math.Max(expected + 1, 4096), Math.Min(limit + 1, 16 * 1024 * 1024)));
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
                // No more than one byte beyond the limit, which is enough to know.
                var larger = Pool.Rent((int)Math.Min(bytes.Length * 2L, Math.Min(limit + 1, Array.MaxLength)));
                bytes.AsSpan(0, length).CopyTo(larger);
                Pool.Return(bytes);
                bytes = larger;
            }
        }
        catch
        {
            Pool.Return(bytes);
            throw;
        }
    }

    /// <summary>The decompressed length that a block starts with.</summary>
    private static long SnappyLength(ReadOnlySpan<byte> block)
    {
        ulong length = 0;
        for (var i = 0; i < block.Length && i < 5; i++)
        {
            length |= (ulong)(block[i] & 0x7F) << (7 * i);
            if (block[i] < 0x80)
                return length <= uint.MaxValue ? (long)length : throw new InvalidDataException();
        }

        throw new InvalidDataException();
    }

    private static LokiException TooLarge(string what, long size, long limit) => new(
        StatusCodes.Status413PayloadTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"request body too large: {what} is larger than max ({size} vs {limit})"));
}
