namespace Observability.Embedded.EmbeddedLoki.Storage;

/// <summary>How much of a stream lies in a time range.</summary>
internal readonly record struct StreamUsage(int Chunks, long Entries, long Bytes)
{
    public static StreamUsage Of(LogStream stream, long from, long to)
    {
        long entries = 0, bytes = 0;
        var chunks = stream.ChunksIn(from, to);
        foreach (var chunk in chunks)
        {
            foreach (var entry in stream.Slice(chunk, from, to).Entries)
            {
                entries++;
                bytes += entry.LineLength + entry.MetadataLength;
            }
        }

        return new(chunks.Length, entries, bytes);
    }
}
