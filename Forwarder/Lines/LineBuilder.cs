using System.Text;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Wire;
using Observability.ServiceDefaults.Loki;

namespace Observability.Forwarder.Lines;

/// <summary>
/// Collects the fields of a line and turns them into its stream, timestamp and structured metadata, all of them a
/// function of the record alone. One instance serves the consuming thread; nothing is allocated a line.
/// </summary>
internal sealed class LineBuilder : ILineSink
{
    private const int MaxLabelValue = LokiLimits.LabelValueBytes;
    private const int MaxMetadataValue = 16 * 1024;

    // Loki counts names and values. It adds detected_level by itself.
    private const int MaxMetadata = LokiLimits.MetadataBytes - 256;

    // Later ones do not fit into 64 bits of nanoseconds.
    private const long MaxMilliseconds = long.MaxValue / 1_000_000;
    private const int NoRank = int.MaxValue;

    private readonly LabelSchema _schema;
    private readonly StreamTable _streams;
    private readonly ILineWriter _writer;
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly int[] _ranks;
    private readonly int[] _sharedStarts;
    private readonly int[] _sharedLengths;
    private readonly int[] _sharedRanks;
    private readonly byte[] _key;
    private byte[] _values = new byte[4096];
    private byte[] _metadata = new byte[4096];
    private int _used;
    private int _sharedUsed;
    private bool _hasShared;
    private long _timestamp;
    private readonly Dictionary<string, byte[][]> _defaultsOf = [];
    private byte[][] _defaults = [];
    private string? _topic;
    private KafkaRecord _record;
    private int _index;

    public LineBuilder(LabelSchema schema, StreamTable streams, ILineWriter writer)
    {
        _schema = schema;
        _streams = streams;
        _writer = writer;
        var targets = schema.TenantTarget + 1;
        _starts = new int[targets];
        _lengths = new int[targets];
        _ranks = new int[targets];
        _sharedStarts = new int[targets];
        _sharedLengths = new int[targets];
        _sharedRanks = new int[targets];
        _key = new byte[schema.Labels.Count * (MaxLabelValue + 2)];
        ClearFields();
    }

    /// <summary>Lines that went to the overflow stream so far.</summary>
    public long OverflowLines { get; private set; }

    /// <summary>Starts a record: the lines that follow are its own.</summary>
    /// <param name="record">The record. It is copied; its bytes must stay in place until its last line.</param>
    public void BeginRecord(in KafkaRecord record)
    {
        _record = record;
        _index = 0;
        var topic = record.Partition.Topic.Name;
        if (!ReferenceEquals(topic, _topic))
            UseDefaultsOf(topic);
    }

    /// <inheritdoc/>
    public int FindField(ReadOnlySpan<byte> name) => _schema.Fields.Find(name);

    /// <inheritdoc/>
    public bool HasField(int field)
    {
        foreach (var use in _schema.Fields.Uses(field))
        {
            if (_ranks[use.Target] == NoRank)
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void SetField(int field, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return;

        var start = -1;
        foreach (var use in _schema.Fields.Uses(field))
        {
            if (use.Rank > _ranks[use.Target])
                continue;

            if (use.Target == _schema.TimestampTarget)
            {
                if (!TimestampParser.TryParse(value, out var nanoseconds))
                    continue;
                _timestamp = nanoseconds;
            }
            else
            {
                if (start < 0)
                    start = Store(value);
                _starts[use.Target] = start;
                _lengths[use.Target] = value.Length;
            }

            _ranks[use.Target] = use.Rank;
        }
    }

    /// <inheritdoc/>
    public void SetTimestamp(long nanoseconds)
    {
        if (_timestamp == 0)
            _timestamp = nanoseconds;
    }

    /// <inheritdoc/>
    public void ShareFields()
    {
        // The time of a resource is not that of its lines.
        _ranks[_schema.TimestampTarget] = NoRank;
        _timestamp = 0;
        _starts.CopyTo(_sharedStarts, 0);
        _lengths.CopyTo(_sharedLengths, 0);
        _ranks.CopyTo(_sharedRanks, 0);
        _sharedUsed = _used;
        _hasShared = true;
    }

    /// <inheritdoc/>
    public void ClearFields()
    {
        Array.Fill(_ranks, NoRank);
        _used = 0;
        _timestamp = 0;
        _hasShared = false;
    }

    /// <inheritdoc/>
    public void AddLine(ReadOnlySpan<byte> line)
    {
        var stream = _streams.Get(BuildKey(), out var isOverflow);
        if (isOverflow)
            OverflowLines++;

        var timestamp = _timestamp != 0 ? _timestamp : Math.Min(_record.TimestampMilliseconds, MaxMilliseconds - 1) * 1_000_000;
        timestamp = ReplayStableTimestamp.Refine(timestamp, _record.OriginPartition, _record.OriginOffset, _index);
        var tenant = Value(_schema.TenantTarget);
        _writer.Write(in _record, _index++, TenantId.IsValid(tenant) ? tenant : default, stream, timestamp, line, BuildMetadata(isOverflow));

        if (_hasShared)
            RestoreShared();
        else
            ClearFields();
    }

    private void UseDefaultsOf(string topic)
    {
        _topic = topic;
        if (!_defaultsOf.TryGetValue(topic, out _defaults!))
            _defaultsOf.Add(topic, _defaults = _schema.DefaultsOf(topic));
    }

    private void RestoreShared()
    {
        _sharedStarts.CopyTo(_starts, 0);
        _sharedLengths.CopyTo(_lengths, 0);
        _sharedRanks.CopyTo(_ranks, 0);
        _used = _sharedUsed;
        _timestamp = 0;
    }

    private ReadOnlySpan<byte> Value(int target) =>
        _ranks[target] == NoRank ? default : _values.AsSpan(_starts[target], _lengths[target]);

    private int Store(ReadOnlySpan<byte> value)
    {
        var start = _used;
        if (start + value.Length > _values.Length)
            Array.Resize(ref _values, (start + value.Length) * 2);
        value.CopyTo(_values.AsSpan(start));
        _used += value.Length;
        return start;
    }

    private ReadOnlySpan<byte> BuildKey()
    {
        var length = 0;
        for (var label = 0; label < _schema.Labels.Count; label++)
            length = StreamTable.AppendValue(_key, length, LabelValue(label));
        return _key.AsSpan(0, length);
    }

    private ReadOnlySpan<byte> LabelValue(int label)
    {
        var value = Value(label);
        if (value.IsEmpty)
            value = _defaults[label];
        if (label == _schema.LevelTarget)
            value = LevelNormalizer.Normalize(value);
        return Utf8Text.Truncate(value, MaxLabelValue);
    }

    // In the order of the names, so that a replay writes the very same bytes.
    private ReadOnlySpan<byte> BuildMetadata(bool withLabels)
    {
        var length = 0;
        var left = MaxMetadata;
        var labels = _schema.Labels.Count;
        for (var i = 0; i < _schema.MetadataNames.Count; i++)
        {
            if (_ranks[labels + i] != NoRank)
                Append(ref length, ref left, _schema.MetadataNames[i], Value(labels + i));
        }

        for (var label = 0; withLabels && label < labels; label++)
            Append(ref length, ref left, Encoding.UTF8.GetBytes("overflow_" + _schema.Labels[label]), LabelValue(label));
        return _metadata.AsSpan(0, length);
    }

    // A LabelPair of Loki's push.proto as field 3 of an Entry.
    private void Append(ref int length, ref int left, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (left <= name.Length)
            return;

        value = Utf8Text.Truncate(value, Math.Min(MaxMetadataValue, left - name.Length));
        left -= name.Length + value.Length;
        var size = length + name.Length + value.Length + 32;
        if (size > _metadata.Length)
            Array.Resize(ref _metadata, size * 2);
        length = EntryEncoding.WriteMetadata(_metadata, length, name, value);
    }
}
