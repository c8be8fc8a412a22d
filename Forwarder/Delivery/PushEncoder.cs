using Observability.Forwarder.Batching;
using Observability.Forwarder.Wire;
using Snappier;

namespace Observability.Forwarder.Delivery;

/// <summary>A <c>PushRequest</c> in protobuf (<c>pkg/push/push.proto</c>) within one snappy block: what Loki takes fastest.</summary>
internal sealed class PushEncoder
{
    private const byte StreamTag = 0x0A;
    private const byte LabelsTag = 0x0A;
    private const byte EntryTag = 0x12;

    private byte[] _message = [];
    private byte[] _compressed = [];

    /// <summary>Encodes some lines of a batch. Not thread-safe: one instance per sender.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="lines">Indices into <see cref="Batch.Entries"/>, ordered by stream.</param>
    /// <param name="streamOf">Each line's index into <see cref="Batch.Streams"/>.</param>
    /// <returns>The body, valid until the next call.</returns>
    public ReadOnlyMemory<byte> Encode(Batch batch, ReadOnlySpan<int> lines, ReadOnlySpan<int> streamOf)
    {
        Reserve(ref _message, batch.Size + 16);
        var position = 0;
        for (var start = 0; start < lines.Length;)
        {
            var stream = streamOf[lines[start]];
            var end = start + 1;
            while (end < lines.Length && streamOf[lines[end]] == stream)
                end++;
            position = WriteStream(batch, batch.Streams[stream].Stream.Labels, lines[start..end], position);
            start = end;
        }

        Reserve(ref _compressed, Snappy.GetMaxCompressedLength(position));
        return _compressed.AsMemory(0, Snappy.Compress(_message.AsSpan(0, position), _compressed));
    }

    private int WriteStream(Batch batch, byte[] labels, ReadOnlySpan<int> lines, int position)
    {
        var entries = batch.Entries;
        var size = EntryEncoding.BytesSize(labels.Length);
        foreach (var line in lines)
            size += EntryEncoding.BytesSize(entries[line].Length);

        Span<byte> message = _message;
        message[position++] = StreamTag;
        position = EntryEncoding.WriteVarint(message, position, (ulong)size);
        position = EntryEncoding.WriteBytes(message, position, LabelsTag, labels);
        foreach (var line in lines)
            position = EntryEncoding.WriteBytes(message, position, EntryTag, batch.Bytes(entries[line]));
        return position;
    }

    private static void Reserve(ref byte[] buffer, int size)
    {
        if (buffer.Length < size)
            buffer = new byte[size + (size / 16)];
    }
}
