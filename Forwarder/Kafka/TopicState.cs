using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Kafka;

/// <summary>What is known of a topic, and its counters. The consuming thread writes, the metrics' thread reads.</summary>
internal sealed class TopicState(string name, RecordFormat format, byte[][] defaults)
{
    private long _records;
    private long _recordBytes;
    private long _lines;
    private long _lineBytes;
    private long _storedLines;
    private long _undecodableRecords;

    public string Name { get; } = name;

    public RecordFormat Format { get; } = format;

    /// <summary>The topic's label defaults, in the order of the labels.</summary>
    public byte[][] Defaults { get; } = defaults;

    public long Records => Volatile.Read(ref _records);

    public long RecordBytes => Volatile.Read(ref _recordBytes);

    public long Lines => Volatile.Read(ref _lines);

    public long LineBytes => Volatile.Read(ref _lineBytes);

    public long StoredLines => Volatile.Read(ref _storedLines);

    public long UndecodableRecords => Volatile.Read(ref _undecodableRecords);

    public void AddRecord(int bytes)
    {
        _records++;
        _recordBytes += bytes;
    }

    public void AddLines(int lines, long bytes)
    {
        _lines += lines;
        _lineBytes += bytes;
    }

    public void AddStored(int lines) => _storedLines += lines;

    public void AddUndecodable() => _undecodableRecords++;
}
