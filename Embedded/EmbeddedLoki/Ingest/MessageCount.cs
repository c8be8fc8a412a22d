using System.Text.Json;
using Google.Protobuf.Reflection;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// Counts the messages of a protobuf body before objects are made of them: an empty one is two bytes on the wire and a hundred in memory.
/// </summary>
internal static class MessageCount
{
    private const int MaxDepth = 100;

    /// <summary>A record with a body, a dozen attributes and their values.</summary>
    private const int PerEntry = 4;

    /// <exception cref="PushFormatException">There are more messages than so many entries have, or the bytes are no message.</exception>
    public static void Check(MessageDescriptor type, ReadOnlySpan<byte> bytes, int maxEntries)
    {
        var left = (long)maxEntries * PerEntry;
        Count(type, bytes, ref left, maxEntries, 0);
    }

    /// <exception cref="PushFormatException">There are more objects than so many entries have.</exception>
    public static void CheckJson(ReadOnlySpan<byte> bytes, int maxEntries)
    {
        var left = (long)maxEntries * PerEntry;
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartObject && --left < 0)
                    throw PushFormatException.TooMany("objects", maxEntries);
            }
        }
        catch (JsonException)
        {
            // Whoever reads it next says what is wrong.
        }
    }

    private static void Count(MessageDescriptor type, ReadOnlySpan<byte> bytes, ref long left, int maxEntries, int depth)
    {
        // Deeper ones the parser refuses.
        if (depth > MaxDepth)
            return;
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var tag = reader.ReadTag();
            if ((tag & 7) != 2)
            {
                // Groups are the parser's to refuse.
                if ((tag & 7) is 3 or 4)
                    return;
                reader.Skip(tag);
                continue;
            }

            var content = reader.ReadBytes();
            if (type.FindFieldByNumber((int)(tag >> 3)) is not { FieldType: FieldType.Message } field)
                continue;
            if (--left < 0)
                throw PushFormatException.TooMany("messages", maxEntries);
            Count(field.MessageType, content, ref left, maxEntries, depth + 1);
        }
    }
}
