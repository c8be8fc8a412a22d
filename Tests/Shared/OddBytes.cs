using System.IO.Compression;
using System.Text;

namespace Observability.Tests;

/// <summary>Bytes that are small on the wire.</summary>
internal static class OddBytes
{
    /// <summary>So many empty messages of field 2.</summary>
    public static byte[] Empty(int count)
    {
        var bytes = new byte[2 * count];
        for (var i = 0; i < bytes.Length; i += 2)
            bytes[i] = 0x12;
        return bytes;
    }

    /// <summary>A field of protobuf with a length.</summary>
    public static byte[] Message(byte tag, byte[] content)
    {
        var length = new List<byte>();
        for (var rest = (uint)content.Length; ; rest >>= 7)
        {
            length.Add((byte)(rest < 0x80 ? rest : rest | 0x80));
            if (rest < 0x80)
                return [tag, .. length, .. content];
        }
    }

    /// <summary>A request of OTLP with these log records, or empty ones.</summary>
    public static byte[] Otlp(byte[] records) => Message(0x0a, Message(0x12, records));

    /// <summary>A log record with a body, and an attribute of some name.</summary>
    public static byte[] Record(string body, string? attribute = null)
    {
        byte[] record = Message(0x2a, Message(0x0a, Encoding.UTF8.GetBytes(body)));
        if (attribute is not null)
        {
            var key = Message(0x0a, Encoding.UTF8.GetBytes(attribute));
            record = [.. record, .. Message(0x32, [.. key, .. Message(0x12, Message(0x0a, "v"u8.ToArray()))])];
        }

        return Message(0x12, record);
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(bytes);
        return buffer.ToArray();
    }
}
