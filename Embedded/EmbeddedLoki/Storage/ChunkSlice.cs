namespace Observability.Embedded.EmbeddedLoki.Storage;

/// <summary>Part of a chunk as it was when it was looked at: later inserts do not show, later eviction does not hurt.</summary>
internal readonly record struct ChunkSlice(EntryIndex[] Entries, byte[] Bytes)
{
    public ReadOnlyMemory<byte> Line(int i) => Bytes.AsMemory(Entries[i].Offset, Entries[i].LineLength);

    public ReadOnlyMemory<byte> Metadata(int i) => Bytes.AsMemory(Entries[i].Offset + Entries[i].LineLength, Entries[i].MetadataLength);
}
