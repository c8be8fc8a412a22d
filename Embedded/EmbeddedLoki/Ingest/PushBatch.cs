using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>A decoded push of any encoding: offsets into two buffers, no object per line.</summary>
internal sealed class PushBatch
{
    private readonly ArrayBufferWriter<byte> _metadata = new();
    private readonly List<PushEntry> _entries = [];
    private readonly List<PushStream> _streams = [];
    private readonly List<KeyValuePair<string, string>> _pairs = [];

    public ReadOnlyMemory<byte> Lines { get; set; }

    /// <summary>Most entries, streams and pairs of one entry; more is refused.</summary>
    public int MaxEntries { get; init; } = int.MaxValue;

    public ReadOnlyMemory<byte> Metadata => _metadata.WrittenMemory;

    public IReadOnlyList<PushStream> Streams => _streams;

    public int EntryCount => _entries.Count;

    public ReadOnlySpan<PushEntry> EntriesOf(PushStream stream) =>
        CollectionsMarshal.AsSpan(_entries).Slice(stream.FirstEntry, stream.EntryCount);

    public ReadOnlySpan<byte> LineOf(in PushEntry entry) => Lines.Span.Slice(entry.LineStart, entry.LineLength);

    public ReadOnlySpan<byte> MetadataOf(in PushEntry entry) => Metadata.Span.Slice(entry.MetadataStart, entry.MetadataLength);

    /// <summary>Closes a stream whose entries were added since the one before.</summary>
    public void AddStream(string labels)
    {
        var first = _streams.Count == 0 ? 0 : _streams[^1].FirstEntry + _streams[^1].EntryCount;
        if (_streams.Count >= MaxEntries)
            throw PushFormatException.TooMany("streams", MaxEntries);
        _streams.Add(new(labels, first, _entries.Count - first));
    }

    public void AddPair(string name, string value)
    {
        if (_pairs.Count >= MaxEntries)
            throw PushFormatException.TooMany("pairs of structured metadata", MaxEntries);
        _pairs.Add(KeyValuePair.Create(name, value));
    }

    /// <summary>Adds an entry together with the pairs added since the one before.</summary>
    /// <exception cref="PushFormatException">A pair has no name, or there are too many entries.</exception>
    public void AddEntry(long timestamp, int lineStart, int lineLength)
    {
        if (_entries.Count >= MaxEntries)
            throw PushFormatException.TooMany("entries", MaxEntries);
        if (_pairs.Count == 0)
        {
            _entries.Add(new(timestamp, lineStart, lineLength, 0, 0, 0, 0));
            return;
        }

        var start = _metadata.WrittenCount;
        var size = 0;
        for (var i = 0; i < _pairs.Count; i++)
        {
            var (name, value) = _pairs[i];
            size += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);
            var normalized = LabelName.Normalize(name);
            if (normalized.Length == 0)
                throw new PushFormatException("label name is empty");
            _pairs[i] = KeyValuePair.Create(normalized, value);
        }

        if (_pairs.Count > 1)
        {
            // The last of several pairs with one name is the one that stays. The order of the others must not matter for de-duplication.
            var sorted = LabelSet.From(_pairs);
            foreach (var (name, value) in sorted.Pairs)
                StructuredMetadata.Write(_metadata, name, value);
        }
        else if (_pairs[0].Value.Length > 0)
        {
            StructuredMetadata.Write(_metadata, _pairs[0].Key, _pairs[0].Value);
        }

        _entries.Add(new(timestamp, lineStart, lineLength, start, _metadata.WrittenCount - start, _pairs.Count, size));
        _pairs.Clear();
    }
}
