using Observability.Forwarder.Batching;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Wire;
using Snappier;

namespace Observability.Forwarder.Delivery;

/// <summary>A <c>PushRequest</c> in protobuf (<c>pkg/push/push.proto</c>) within one snappy block: what Loki takes fastest.</summary>
internal sealed class PushEncoder
{
    private const byte StreamTag = 0x0A;
    private const byte LabelsTag = 0x0A;
    private const byte EntryTag = 0x12;

    // The length of an entry can take a few bytes more than it did.
    private const int MetadataOverhead = 8;

    private byte[] _message = [];
    private byte[] _compressed = [];

    /// <summary>Encodes some lines of a batch. Not thread-safe: one instance per sender.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="lines">Lines as places in <see cref="Batch.Entries"/>; those of one stream stand together.</param>
    /// <param name="overflow">The overflow stream, when the lines are to go there, with their labels as structured metadata.</param>
    /// <returns>The body, valid until the next call.</returns>
    public ReadOnlyMemory<byte> Encode(Batch batch, ReadOnlySpan<int> lines, LogStream? overflow = null)
    {
        var entries = batch.Entries;
        var position = 0;
        if (overflow is not null)
        {
            var added = 0;
            foreach (var line in lines)
                added += batch.Streams[entries[line].Stream].Stream.LabelsAsMetadata.Length + MetadataOverhead;
            Reserve(ref _message, batch.Size + overflow.Labels.Length + added + 32);
            position = WriteStream(batch, overflow.Labels, lines, isOverflow: true, position);
        }
        else
        {
            Reserve(ref _message, batch.Size + 16);
            for (var start = 0; start < lines.Length;)
            {
                var stream = entries[lines[start]].Stream;
                var end = start + 1;
                while (end < lines.Length && entries[lines[end]].Stream == stream)
                    end++;
                position = WriteStream(batch, batch.Streams[stream].Stream.Labels, lines[start..end], isOverflow: false, position);
                start = end;
            }
        }

        Reserve(ref _compressed, Snappy.GetMaxCompressedLength(position));
        return _compressed.AsMemory(0, Snappy.Compress(_message.AsSpan(0, position), _compressed));
    }

    private int WriteStream(Batch batch, byte[] labels, ReadOnlySpan<int> lines, bool isOverflow, int position)
    {
        var entries = batch.Entries;
        var size = EntryEncoding.BytesSize(labels.Length);
        foreach (var line in lines)
            size += EntryEncoding.BytesSize(entries[line].Length + (isOverflow ? Metadata(batch, entries[line]).Length : 0));

        Span<byte> message = _message;
        message[position++] = StreamTag;
        position = EntryEncoding.WriteVarint(message, position, (ulong)size);
        position = EntryEncoding.WriteBytes(message, position, LabelsTag, labels);
        foreach (var line in lines)
        {
            if (!isOverflow)
            {
                position = EntryEncoding.WriteBytes(message, position, EntryTag, batch.Bytes(entries[line]));
                continue;
            }

            // Fields of protobuf may be appended: the metadata of an entry stand at its end.
            var entry = batch.Bytes(entries[line]);
            var metadata = Metadata(batch, entries[line]);
            message[position++] = EntryTag;
            position = EntryEncoding.WriteVarint(message, position, (ulong)(entry.Length + metadata.Length));
            entry.CopyTo(message[position..]);
            metadata.CopyTo(message[(position + entry.Length)..]);
            position += entry.Length + metadata.Length;
        }

        return position;
    }

    private static ReadOnlySpan<byte> Metadata(Batch batch, in BatchEntry entry) => batch.Streams[entry.Stream].Stream.LabelsAsMetadata;

    private static void Reserve(ref byte[] buffer, int size)
    {
        if (buffer.Length < size)
            buffer = new byte[size + (size / 16)];
    }
}
