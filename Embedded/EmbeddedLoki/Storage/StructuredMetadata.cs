using System.Buffers;
using System.Text;

namespace Observability.Embedded.EmbeddedLoki.Storage;

/// <summary>
/// The pairs of an entry as the store keeps them: for each, sorted by name, the length and bytes of the name, the length and bytes of the
/// value (lengths as LEB128). Equal metadata is equal bytes, which is what de-duplication compares.
/// </summary>
internal static class StructuredMetadata
{
    public static void Write(IBufferWriter<byte> writer, string name, string value)
    {
        WriteText(writer, name);
        WriteText(writer, value);
    }

    public static void Read(ReadOnlySpan<byte> bytes, List<KeyValuePair<string, string>> pairs)
    {
        while (!bytes.IsEmpty)
            pairs.Add(KeyValuePair.Create(ReadText(ref bytes), ReadText(ref bytes)));
    }

    private static void WriteText(IBufferWriter<byte> writer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var span = writer.GetSpan(length + 5);
        var i = 0;
        for (var rest = (uint)length; ; rest >>= 7)
        {
            span[i++] = (byte)(rest < 0x80 ? rest : rest | 0x80);
            if (rest < 0x80)
                break;
        }

        Encoding.UTF8.GetBytes(text, span[i..]);
        writer.Advance(i + length);
    }

    private static string ReadText(ref ReadOnlySpan<byte> bytes)
    {
        int length = 0, shift = 0, i = 0;
        byte b;
        do
        {
            b = bytes[i++];
            length |= (b & 0x7f) << shift;
            shift += 7;
        }
        while (b >= 0x80);
        var text = Encoding.UTF8.GetString(bytes.Slice(i, length));
        bytes = bytes[(i + length)..];
        return text;
    }
}
