namespace Observability.LogGenerator.Sinks;

/// <summary>
/// Arrays of exactly the length asked for, used again and again. Confluent.Kafka sends the whole of an array, and
/// librdkafka copies it before <c>Produce</c> returns (<c>RD_KAFKA_MSG_F_COPY</c>), so one array a length is enough.
/// </summary>
internal sealed class ExactLengthBuffers
{
    // All arrays up to here together take 2 MB at most; longer lines are rare enough for an array of their own.
    private const int LongestKept = 2_048;

    private readonly byte[]?[] _buffers = new byte[LongestKept + 1][];

    public byte[] Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LongestKept)
            return bytes.ToArray();
        var buffer = _buffers[bytes.Length] ??= new byte[bytes.Length];
        bytes.CopyTo(buffer);
        return buffer;
    }
}
