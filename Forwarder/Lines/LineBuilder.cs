using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tracing;
using Observability.Forwarder.Wire;
using Observability.ServiceDefaults.Loki;

namespace Observability.Forwarder.Lines;

/// <summary>
/// Collects the fields of a line and turns them into its stream, timestamp and structured metadata, all of them a
/// function of the record alone. One instance serves the consuming thread; nothing is allocated per line.
/// </summary>
/// <remarks>
/// A label takes its value from the first of these that has one: the OTLP resource, the attributes of the OTLP record, the line's own
/// fields, those of a line within it. The level comes from the text of the record's severity, then from the line, the severity's number,
/// attributes.
/// </remarks>
internal sealed class LineBuilder : ILineSink
{
    private const int MaxLabelValue = LokiLimits.LabelValueBytes;

    // Longer values are good for nothing: structured metadata ends there, and an inner line is looked at where it begins.
    private const int MaxValue = 16 * 1024;

    // Attributes of a record, and of its resource, that may become structured metadata: twice what Loki takes.
    private const int MaxAttributes = 2 * LokiLimits.MetadataEntries;

    // Places from there on are those of the record's own bytes, of which there are fewer.
    private const int InRecord = 1 << 30;

    // Later ones do not fit into 64 bits of nanoseconds.
    private const long MaxMilliseconds = long.MaxValue / 1_000_000;
    private const int MillisecondDigits = 6;
    private const int Sources = (int)FieldSource.Inner + 1;

    // A time without a zone that is off by less was UTC; one that is off by up to the widest zone was local time, and no one knows which.
    private const long ZoneTolerance = 10L * 60 * 1_000_000_000;
    private const long WidestZone = (14L * 60 * 60 * 1_000_000_000) + ZoneTolerance;

    private readonly LabelSchema _schema;
    private readonly StreamTable _streams;
    private readonly ILineWriter _writer;
    private readonly TimeProvider _time;
    private readonly RecordTracing? _tracing;
    private readonly LinePlanner _planner;
    private readonly MetadataWriter _metadata = new();
    private readonly List<KeptAttribute> _attributes = [];
    private readonly int[] _levelFields;
    private readonly Place[][] _places;
    private readonly FieldSet[] _seen = new FieldSet[Sources];
    private readonly Place[] _resolved;
    private readonly byte[][] _metadataNames;
    private readonly int _labels;
    private readonly Place[] _headLevels = new Place[Sources];
    private readonly ParsedTime[] _headTimes = new ParsedTime[Sources];
    private readonly long _maxAhead;
    private readonly long _maxBehind;
    private readonly byte[] _key;
    private byte[] _values = new byte[4096];
    private int _used;
    private int _sharedUsed;
    private int _sharedAttributes;
    private bool _hasShared;
    private LinePlan? _resourcePlan;
    private LinePlan? _linePlan;
    private bool _hasHeads;
    private bool _isOfAlloy;
    private bool _isOfSeveral;
    private Place _severityText;
    private int _severityNumber;
    private Place _identifier;
    private ParsedTime _recordTime;
    private long _observedTime;
    private long _kafkaTime;
    private readonly Dictionary<string, byte[][]> _defaultsOf = [];
    private byte[][] _defaults = [];
    private string? _topic;
    private KafkaRecord _record;
    private int _index;

    /// <summary>Creates a builder.</summary>
    /// <param name="schema">What becomes of which field.</param>
    /// <param name="streams">The live streams.</param>
    /// <param name="writer">Takes the lines.</param>
    /// <param name="time">Tells the time of reading, for records to which Kafka gives none; by default the system's.</param>
    /// <param name="tracing">Continues the traces that log records tell; by default none is.</param>
    public LineBuilder(
        LabelSchema schema, StreamTable streams, ILineWriter writer, TimeProvider? time = null, RecordTracing? tracing = null)
    {
        _schema = schema;
        _streams = streams;
        _writer = writer;
        _time = time ?? TimeProvider.System;
        _tracing = tracing;
        _planner = new LinePlanner(schema);
        _places = [.. Enumerable.Range(0, Sources).Select(_ => new Place[schema.Fields.Count])];
        _levelFields = schema.LevelTarget < 0 ? [] : [.. schema.Targets[schema.LevelTarget].Sources.Select(schema.FieldOf)];
        _resolved = new Place[schema.Targets.Count];
        _metadataNames = [.. schema.MetadataNames];
        _labels = schema.Labels.Count;
        _maxAhead = ToNanoseconds(schema.MaxTimeAhead);
        _maxBehind = ToNanoseconds(schema.MaxTimeBehind);
        _key = new byte[schema.Labels.Count * (MaxLabelValue + 2)];
        ClearFields();
    }

    /// <summary>Lines that went to the overflow stream so far.</summary>
    public long OverflowLines { get; private set; }

    /// <summary>The trace of the record; <see langword="null"/> for none.</summary>
    public RecordTrace? Trace => _record.Trace;

    /// <summary>Starts a record: the lines that follow are its own.</summary>
    /// <param name="record">The record. It is copied; its bytes must stay in place until its last line.</param>
    public void BeginRecord(in KafkaRecord record)
    {
        _record = record;
        _index = 0;
        _isOfSeveral = false;
        var milliseconds = record.TimestampMilliseconds > 0 ? record.TimestampMilliseconds : _time.GetUtcNow().ToUnixTimeMilliseconds();
        _kafkaTime = Math.Min(milliseconds, MaxMilliseconds - 1) * 1_000_000;
        var topic = record.Partition.Topic.Name;
        if (!ReferenceEquals(topic, _topic))
            UseDefaultsOf(topic);
    }

    /// <inheritdoc/>
    public object Fields => _schema.Fields;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindField(ReadOnlySpan<byte> path) => _schema.Fields.Find(path);

    /// <inheritdoc/>
    public bool IsParent(ReadOnlySpan<byte> path) => _schema.IsParent(path);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetField(int field, FieldSource source, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
            SetField(field, source, Keep(value));
    }

    /// <inheritdoc/>
    public void AddAttribute(FieldSource source, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return;

        _isOfAlloy |= source == FieldSource.Attribute && name.SequenceEqual(OtlpProtobufDecoder.AlloyLabels);
        var field = source == FieldSource.Scope ? -1 : FindField(name);
        var isKept = !_schema.Dropped.Contains(name);
        if (field < 0 && !isKept)
            return;

        var place = Keep(value);
        if (field >= 0)
            SetField(field, source, place);
        if (isKept)
            _attributes.Add(new(Keep(name), place));
    }

    /// <inheritdoc/>
    public void SetHead(FieldSource source, ReadOnlySpan<byte> level, ParsedTime time)
    {
        _hasHeads = true;
        _headLevels[(int)source] = level.IsEmpty ? default : Keep(level);
        _headTimes[(int)source] = time;
    }

    /// <inheritdoc/>
    public void SetSeverity(ReadOnlySpan<byte> text, int number)
    {
        _severityText = text.IsEmpty ? default : Keep(text);
        _severityNumber = number;
    }

    /// <inheritdoc/>
    public void SetTime(ParsedTime time) => _recordTime = time;

    /// <inheritdoc/>
    public void SetObservedTime(long nanoseconds) => _observedTime = nanoseconds;

    /// <inheritdoc/>
    public void SetIdentifier(ReadOnlySpan<byte> identifier) => _identifier = identifier.IsEmpty ? default : Keep(identifier);

    /// <inheritdoc/>
    public void SetTrace(ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId)
    {
        // Its headers know better, and of several the first one counts.
        if (_record.Trace is not null || _tracing is null || !_tracing.MayBegin())
            return;

        var parent = new ActivityContext(
            ActivityTraceId.CreateFromBytes(traceId), ActivitySpanId.CreateFromBytes(spanId), ActivityTraceFlags.Recorded, isRemote: true);
        var place = new TopicPartitionOffset(_record.Partition.Partition, _record.Offset);
        _record = _record with { Trace = _tracing.Begin(parent, place, _record.ValueLength) };
    }

    /// <inheritdoc/>
    public void BeginSeveral() => _isOfSeveral = true;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> FindInner()
    {
        var inner = PlanOfLine().Inner;
        return inner < 0 ? default : Value(_places[(int)FieldSource.Line][inner]);
    }

    /// <inheritdoc/>
    public void ShareFields()
    {
        _sharedUsed = _used;
        _sharedAttributes = _attributes.Count;
        _hasShared = true;
        _resourcePlan = _planner.Find(_seen[(int)FieldSource.Resource]);
    }

    /// <inheritdoc/>
    public void ClearFields()
    {
        _hasShared = false;
        _seen[(int)FieldSource.Resource] = default;
        _sharedUsed = _sharedAttributes = 0;
        ForgetLine();
    }

    /// <inheritdoc/>
    public void AddLine(ReadOnlySpan<byte> line)
    {
        var plan = PlanOfLine();
        var inner = _seen[(int)FieldSource.Inner].IsEmpty ? null : _planner.Find(_seen[(int)FieldSource.Inner]);
        var isJson = JsonText.SkipSpace(line, 0) is var start && start < line.Length && line[start] == '{';
        Resolve(plan, inner, isJson);
        var level = FindLevel(plan, inner);
        var stream = _streams.Get(BuildKey(level), out var isOverflow);
        if (isOverflow)
            OverflowLines++;

        var time = FindTime(plan, inner);
        var timestamp = _identifier.Length == 0
            ? ReplayStableTimestamp.Refine(time.Nanoseconds, time.Digits, _record.OriginPartition, _record.OriginOffset, _index,
                _isOfSeveral)
            : ReplayStableTimestamp.Refine(time.Nanoseconds, DigitsAlone(time), Value(_identifier));
        var tenant = Value(_resolved[_schema.TenantTarget]);
        _writer.Write(in _record, _index++, TenantId.IsValid(tenant) ? tenant : default, stream, timestamp, line,
            BuildMetadata(line, isJson, level, isOverflow));
        if (_hasShared)
            ForgetLine();
        else
            ClearFields();
    }

    // Lines of one kind mostly follow each other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private LinePlan PlanOfLine() => _linePlan is { } last && last.Fields.Equals(_seen[(int)FieldSource.Line])
        ? last : _linePlan = _planner.Find(_seen[(int)FieldSource.Line]);

    private void UseDefaultsOf(string topic)
    {
        _topic = topic;
        if (!_defaultsOf.TryGetValue(topic, out _defaults!))
            _defaultsOf.Add(topic, _defaults = _schema.DefaultsOf(topic));
    }

    private static long ToNanoseconds(TimeSpan time) => (long)Math.Min(long.MaxValue / 2, time.Ticks * 100.0);

    private void ForgetLine()
    {
        for (var source = (int)FieldSource.Attribute; source < Sources; source++)
            _seen[source] = default;
        if (_hasHeads)
        {
            Array.Clear(_headLevels);
            Array.Clear(_headTimes);
            _hasHeads = false;
        }

        if (_attributes.Count > _sharedAttributes)
            _attributes.RemoveRange(_sharedAttributes, _attributes.Count - _sharedAttributes);
        _used = _sharedUsed;
        _isOfAlloy = false;
        _severityText = _identifier = default;
        _severityNumber = 0;
        _recordTime = default;
        _observedTime = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetField(int field, FieldSource source, Place place)
    {
        _places[(int)source][field] = place;
        _seen[(int)source].Add(field);
    }

    // What stands in the record stays there until its last line; what was made of it, without escapes say, is copied.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe Place Keep(ReadOnlySpan<byte> value)
    {
        if (value.Length > MaxValue)
            value = Utf8Text.Truncate(value, MaxValue);
        var offset = (nuint)(nint)Unsafe.ByteOffset(ref *_record.Value, ref MemoryMarshal.GetReference(value));
        return offset < (nuint)_record.ValueLength ? new(InRecord + (int)offset, value.Length) : Copy(value);
    }

    private Place Copy(ReadOnlySpan<byte> value)
    {
        var start = _used;
        if (start + value.Length > _values.Length)
            Array.Resize(ref _values, (start + value.Length) * 2);
        value.CopyTo(_values.AsSpan(start));
        _used += value.Length;
        return new(start, value.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe ReadOnlySpan<byte> Value(Place place) => place.Start >= InRecord
        ? new(_record.Value + (place.Start - InRecord), place.Length)
        : _values.AsSpan(place.Start, place.Length);

    private void Resolve(LinePlan plan, LinePlan? inner, bool isJson)
    {
        var attributes = _seen[(int)FieldSource.Attribute].IsEmpty ? null : _planner.Find(_seen[(int)FieldSource.Attribute]);
        _resolved.AsSpan().Clear();
        var plans = new PlanCombination(_hasShared ? _resourcePlan : null, attributes, plan, inner, _isOfAlloy && isJson);
        foreach (var (target, source, field) in _planner.Candidates(plans))
        {
            if (_resolved[target].Length == 0)
                _resolved[target] = Meant(_places[(int)source][field]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Place Meant(Place place)
    {
        // An object as text, which a collector made of a nested field: its name is meant, or nothing.
        var value = Value(place);
        if (value is not [(byte)'{', (byte)'"', ..])
            return place;
        return JsonText.TryFindText(value, "name"u8, out var name) && !name.IsEmpty
            ? new(place.Start + value.IndexOf(name), name.Length) : default;
    }

    private ReadOnlySpan<byte> FindLevel(LinePlan plan, LinePlan? inner)
    {
        // A number without a text is what a sender fills in that knows no level, so the line itself goes before it.
        var level = LevelNormalizer.Normalize(Value(_severityText));
        if (level.IsEmpty && _severityText.Length > 0)
            level = OtlpSeverity.Level(_severityNumber);
        if (level.IsEmpty)
            level = LevelOf(FieldSource.Line, plan.Level, plan.Scale);
        if (level.IsEmpty)
            level = OtlpSeverity.Level(_severityNumber);
        if (level.IsEmpty)
            level = plan.DefaultLevel;
        if (level.IsEmpty)
            level = LevelOf(FieldSource.Inner, inner?.Level ?? [], inner?.Scale ?? default);

        // What Alloy carries as an attribute it has read from the line, where it was found by now if it is one.
        if (level.IsEmpty && !_isOfAlloy && _hasShared && _schema.LevelTarget >= 0)
        {
            level = LevelOf(FieldSource.Attribute, _levelFields, default);
            if (level.IsEmpty)
                level = LevelOf(FieldSource.Resource, _levelFields, default);
        }

        return level;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> LevelOf(FieldSource source, int[] fields, LevelScale scale)
    {
        var level = LevelNormalizer.Normalize(Value(_headLevels[(int)source]));
        for (var i = 0; level.IsEmpty && i < fields.Length; i++)
        {
            if (_seen[(int)source].Contains(fields[i]))
                level = LevelNormalizer.Normalize(Value(_places[(int)source][fields[i]]), scale);
        }

        return level;
    }

    private ParsedTime FindTime(LinePlan plan, LinePlan? inner)
    {
        if (IsPlausible(_recordTime))
            return _recordTime;
        if (TryTimeOf(FieldSource.Line, plan, out var time) || (inner is not null && TryTimeOf(FieldSource.Inner, inner, out time))
            || IsPlausible(time = _headTimes[(int)FieldSource.Inner]))
            return time;
        if (_observedTime != 0 && IsPlausible(time = new(_observedTime, OtlpClock.DigitsOf(_observedTime), true)))
            return time;
        return new(_kafkaTime, MillisecondDigits, true);
    }

    private bool TryTimeOf(FieldSource source, LinePlan plan, out ParsedTime time)
    {
        if (IsPlausible(time = _headTimes[(int)source]))
            return true;
        foreach (var field in plan.Time)
        {
            if (!TimestampParser.TryParse(Value(_places[(int)source][field]), out time))
                continue;
            if (plan.Nanoseconds >= 0 && time.Digits == 9
                && System.Buffers.Text.Utf8Parser.TryParse(Value(_places[(int)source][plan.Nanoseconds]), out int fraction, out _)
                && fraction is > 0 and < 1_000_000_000)
                time = time with
                {
                    Nanoseconds = time.Nanoseconds + fraction,
                    Digits = Math.Min(MillisecondDigits, TimestampParser.TrailingZeros(fraction))
                };
            if (IsPlausible(time))
                return true;
        }

        return false;
    }

    private bool IsPlausible(ParsedTime time)
    {
        if (time.Nanoseconds == 0)
            return false;
        var ahead = time.Nanoseconds - _kafkaTime;
        return ahead <= _maxAhead && ahead >= -_maxBehind
            && (time.HasZone || (ahead <= ZoneTolerance && (ahead >= -ZoneTolerance || ahead < -WidestZone)));
    }

    // An identifier is the sender's: what it gives must not depend on which other lines went into the same record.
    private static int DigitsAlone(ParsedTime time) => Math.Min(MillisecondDigits, TimestampParser.TrailingZeros(time.Nanoseconds));

    private ReadOnlySpan<byte> BuildKey(ReadOnlySpan<byte> level)
    {
        var length = 0;
        for (var label = 0; label < _labels; label++)
            length = StreamTable.AppendValue(_key, length, LabelValue(label, level));
        return _key.AsSpan(0, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> LabelValue(int label, ReadOnlySpan<byte> level)
    {
        var value = label == _schema.LevelTarget ? level : Value(_resolved[label]);
        if (value.IsEmpty)
            value = _defaults[label];
        return Utf8Text.Truncate(value, MaxLabelValue);
    }

    // In the order of the names, then of the attributes, so that a replay writes the very same bytes.
    private ReadOnlySpan<byte> BuildMetadata(ReadOnlySpan<byte> line, bool isJson, ReadOnlySpan<byte> level, bool isOverflow)
    {
        _metadata.Clear();
        for (var i = 0; i < _metadataNames.Length; i++)
        {
            if (_resolved[_labels + i].Length > 0)
                _metadata.Add(_metadataNames[i], Value(_resolved[_labels + i]));
        }

        for (var label = 0; isOverflow && label < _labels; label++)
        {
            if (LabelValue(label, level) is { IsEmpty: false } value)
                _metadata.Add(Encoding.UTF8.GetBytes("overflow_" + _schema.Labels[label]), value);
        }

        if (level.IsEmpty && _severityText.Length > 0)
            _metadata.Add("severity_text"u8, Value(_severityText));

        // The record's own first: those of its resource are the same for all its lines, and go when there is too little room.
        // More than a few times what Loki takes is not looked at: of a resource of thousands each line would go through all.
        for (var i = _sharedAttributes; i < Math.Min(_attributes.Count, _sharedAttributes + MaxAttributes); i++)
            AddAttribute(_attributes[i], line, isJson);
        for (var i = 0; i < Math.Min(_sharedAttributes, MaxAttributes); i++)
            AddAttribute(_attributes[i], line, isJson);
        return _metadata.Written;
    }

    private void AddAttribute(KeptAttribute attribute, ReadOnlySpan<byte> line, bool isJson)
    {
        foreach (var place in _resolved)
        {
            // It is a label, or structured metadata under a name of the settings, or a part of it is.
            if (place.Length > 0 && place.Start >= attribute.Value.Start && place.Start < attribute.Value.Start + attribute.Value.Length)
                return;
        }

        var name = Value(attribute.Name);
        var value = Value(attribute.Value);
        if ((_isOfAlloy && name.SequenceEqual("level"u8)) || (isJson && Shows(line, name, value)))
            return;
        _metadata.AddAttribute(name, value);
    }

    // Whether a JSON line has the field with this value: then it is found in the line, and is not kept a second time.
    private static bool Shows(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // An empty name is found everywhere, for ever.
        while (!name.IsEmpty)
        {
            var at = line.IndexOf(name);
            if (at < 0)
                return false;
            var isName = at > 0 && line[at - 1] == '"';
            line = line[(at + name.Length)..];
            if (!isName || line is not [(byte)'"', (byte)':', ..])
                continue;
            var rest = line[2..].TrimStart((byte)' ');
            if (rest is [(byte)'"', ..])
                rest = rest[1..];
            if (rest.StartsWith(value))
                return rest.Length == value.Length || rest[value.Length] is (byte)'"' or (byte)',' or (byte)'}' or (byte)' ' or (byte)']';
        }

        return false;
    }
}
