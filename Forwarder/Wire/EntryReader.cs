namespace Observability.Forwarder.Wire;

/// <summary>Reads back what <see cref="EntryEncoding"/> wrote.</summary>
internal static class EntryReader
{
    /// <summary>The line of an encoded entry.</summary>
    public static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> entry)
    {
        var reader = new ProtobufReader(entry);
        while (reader.Next())
        {
            if (reader.Field == 2)
                return reader.Bytes;
        }

        return default;
    }
}
