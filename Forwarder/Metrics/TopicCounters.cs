namespace Observability.Forwarder.Metrics;

/// <summary>The counters of a topic. The consuming thread writes, the metrics' thread reads.</summary>
internal sealed class TopicCounters(string name)
{
    private long _records;
    private long _recordBytes;
    private long _lines;
    private long _lineBytes;
    private long _storedLines;
    private long _undecodableRecords;

    /// <summary>The topic's name.</summary>
    public string Name { get; } = name;

    /// <summary>Records read.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Bytes of the values of those records.</summary>
    public long RecordBytes => Volatile.Read(ref _recordBytes);

    /// <summary>Lines decoded from them.</summary>
    public long Lines => Volatile.Read(ref _lines);

    /// <summary>Bytes of those lines.</summary>
    public long LineBytes => Volatile.Read(ref _lineBytes);

    /// <summary>Lines that Loki has acknowledged.</summary>
    public long StoredLines => Volatile.Read(ref _storedLines);

    /// <summary>Records that were not what their format says.</summary>
    public long UndecodableRecords => Volatile.Read(ref _undecodableRecords);

    /// <summary>Counts a record.</summary>
    /// <param name="bytes">Bytes of its value.</param>
    public void AddRecord(int bytes)
    {
        _records++;
        _recordBytes += bytes;
    }

    /// <summary>Counts lines that were decoded.</summary>
    public void AddLines(int lines, long bytes)
    {
        _lines += lines;
        _lineBytes += bytes;
    }

    /// <summary>Counts lines that Loki has acknowledged.</summary>
    public void AddStored(int lines) => _storedLines += lines;

    /// <summary>Counts a record that was not what its format says.</summary>
    public void AddUndecodable() => _undecodableRecords++;
}
