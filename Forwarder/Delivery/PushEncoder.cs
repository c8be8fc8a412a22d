using System.Collections.Concurrent;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Wire;
using Observability.ServiceDefaults.Loki;
using Snappier;

namespace Observability.Forwarder.Delivery;

/// <summary>A <c>PushRequest</c> in protobuf (<c>pkg/push/push.proto</c>) within one snappy block: what Loki takes fastest.</summary>
internal sealed class PushEncoder
{
    private const byte StreamTag = 0x0A;
    private const byte LabelsTag = 0x0A;
    private const byte EntryTag = 0x12;

    // Senders mostly wait for an answer, so a message takes its place among them only while it is made. What a record of many megabytes
    // needed is not kept.
    private const int MostKept = 2 * LokiLimits.MessageBytes;

    private static readonly ConcurrentBag<Scratch> Scratches = [];

    private byte[] _message = [];
    private byte[] _body = [];

    /// <summary>Encodes some lines of a batch. Not thread-safe: one instance per sender.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="lines">Lines as places in <see cref="Batch.Entries"/>; those of one stream stand together.</param>
    /// <param name="overflow">The overflow stream, when the lines are to go there, with their labels as structured metadata.</param>
    /// <returns>The body, valid until the next call.</returns>
    public ReadOnlyMemory<byte> Encode(Batch batch, ReadOnlySpan<int> lines, LogStream? overflow = null)
    {
        if (!Scratches.TryTake(out var scratch))
            scratch = new();
        _message = scratch.Message;
        var size = Write(batch, lines, overflow);
        scratch.Message = _message;
        _message = [];

        Reserve(ref scratch.Compressed, Snappy.GetMaxCompressedLength(size));
        var length = Snappy.Compress(scratch.Message.AsSpan(0, size), scratch.Compressed);
        if (_body.Length < length || _body.Length > MostKept)
            _body = new byte[length + (length / 4)];
        scratch.Compressed.AsSpan(0, length).CopyTo(_body);
        if (scratch.Message.Length <= MostKept)
            Scratches.Add(scratch);
        return _body.AsMemory(0, length);
    }

    private int Write(Batch batch, ReadOnlySpan<int> lines, LogStream? overflow)
    {
        var entries = batch.Entries;
        var position = 0;
        if (overflow is not null)
        {
            var added = 0;
            foreach (var line in lines)
                added += batch.Streams[entries[line].Stream].Stream.LabelsAsMetadata.Length;
            Reserve(ref _message, batch.Size + overflow.Labels.Length + added);
            position = WriteStream(batch, overflow.Labels, lines, isOverflow: true, position);
        }
        else
        {
            Reserve(ref _message, batch.Size);
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

        return position;
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
            buffer = GC.AllocateUninitializedArray<byte>(size + (size / 16));
    }

    private sealed class Scratch
    {
        public byte[] Message = [];
        public byte[] Compressed = [];
    }
}
