using System.Text;
using System.Text.Unicode;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// Reads <c>logproto.PushRequest</c> (pkg/push/push.proto, v3.7.6) by hand: lines are not copied out of the body, and no object is made
/// for an entry.
/// </summary>
internal static class ProtobufPushDecoder
{
    /// <exception cref="PushFormatException">The bytes are no PushRequest.</exception>
    public static PushBatch Decode(byte[] body, int length, int maxEntries)
    {
        var batch = new PushBatch { Lines = body.AsMemory(0, length), MaxEntries = maxEntries };
        var reader = new WireReader(body.AsSpan(0, length));
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            if (tag == 0x0a)
            {
                var stream = reader.ReadBytes();
                ReadStream(batch, body, reader.Position - stream.Length, stream);
            }
            else
            {
                reader.Skip(tag);
            }
        }

        return batch;
    }

    private static void ReadStream(PushBatch batch, byte[] body, int start, ReadOnlySpan<byte> bytes)
    {
        var labels = "";
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            switch (tag)
            {
                case 0x0a:
                    labels = Encoding.UTF8.GetString(reader.ReadBytes());
                    break;
                case 0x12:
                    var entry = reader.ReadBytes();
                    ReadEntry(batch, body, start + reader.Position - entry.Length, entry);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        batch.AddStream(labels);
    }

    private static void ReadEntry(PushBatch batch, byte[] body, int start, ReadOnlySpan<byte> bytes)
    {
        long timestamp = 0;
        int lineStart = 0, lineLength = 0;
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            switch (tag)
            {
                case 0x0a:
                    timestamp = ReadTimestamp(reader.ReadBytes());
                    break;
                case 0x12:
                    lineLength = reader.ReadBytes().Length;
                    lineStart = start + reader.Position - lineLength;
                    break;
                case 0x1a:
                    ReadPair(batch, reader.ReadBytes());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        MakeValidUtf8(body.AsSpan(lineStart, lineLength));
        batch.AddEntry(timestamp, lineStart, lineLength);
    }

    private static void ReadPair(PushBatch batch, ReadOnlySpan<byte> bytes)
    {
        string name = "", value = "";
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            switch (tag)
            {
                case 0x0a: name = Encoding.UTF8.GetString(reader.ReadBytes()); break;
                case 0x12: value = Encoding.UTF8.GetString(reader.ReadBytes()); break;
                default: reader.Skip(tag); break;
            }
        }

        batch.AddPair(name, value);
    }

    private static long ReadTimestamp(ReadOnlySpan<byte> bytes)
    {
        long seconds = 0, nanoseconds = 0;
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            switch (tag)
            {
                case 0x08: seconds = (long)reader.ReadVarint(); break;
                case 0x10: nanoseconds = (int)reader.ReadVarint(); break;
                default: reader.Skip(tag); break;
            }
        }

        // Beyond the years 1677 and 2262 nanoseconds do not fit; the age limits refuse such a time in any case.
        return (long)Int128.Clamp(((Int128)seconds * 1_000_000_000) + nanoseconds, long.MinValue, long.MaxValue);
    }

    /// <summary>
    /// The answers are JSON, which has to be UTF-8: each byte that is not becomes a question mark, in place, so that offsets stay true.
    /// </summary>
    private static void MakeValidUtf8(Span<byte> line)
    {
        while (!Utf8.IsValid(line))
        {
            while (Rune.DecodeFromUtf8(line, out _, out var read) == System.Buffers.OperationStatus.Done)
                line = line[read..];
            line[0] = (byte)'?';
        }
    }
}
