using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Decoding;

/// <summary>
/// Reads an OTLP <c>ExportLogsServiceRequest</c> straight from its bytes. Its outer messages are checked first, so that what is no request
/// becomes one raw line; from there on a fault stays where it is: in a string, an attribute, or a log record, which then is a raw line
/// alone.
/// </summary>
internal sealed class OtlpProtobufDecoder(LineDecoder lines)
{
    private const ulong SmallestNanoseconds = 100_000_000_000_000_000;

    private static readonly SearchValues<byte> NeedsQuotes = SearchValues.Create(" =\"\\\t\r\n"u8);

    private readonly OtlpValueText _values = new();
    private readonly ArrayBufferWriter<byte> _rendered = new(256);

    /// <summary>The attribute that tells a record from every other one (OpenTelemetry's semantic conventions, "General logs
    /// attributes").</summary>
    public static ReadOnlySpan<byte> RecordIdentifier => "log.record.uid"u8;

    /// <summary>The attribute in which Alloy's bridge from Loki's world lists what else it wrote as attributes.</summary>
    public static ReadOnlySpan<byte> AlloyLabels => "loki.attribute.labels"u8;

    /// <summary>Whether the outer messages of a value, down to the bounds of every log record, are those of a request.</summary>
    /// <param name="value">The value.</param>
    /// <param name="digits">The digits of a nanosecond that none of its times uses: what its clock left open. -1 when its records tell no
    /// time at a glance.</param>
    public static bool IsRequest(ReadOnlySpan<byte> value, out int digits)
    {
        var clock = new OtlpClock();
        digits = -1;
        var request = new ProtobufReader(value);
        while (request.Next())
        {
            if (request.Field != OtlpFields.RequestResourceLogs || !request.IsBytes || !AreResourceLogs(request.Bytes, ref clock))
                return false;
        }

        digits = clock.Digits;
        return !request.Failed;
    }

    /// <summary>Decodes a value of which <see cref="IsRequest"/> is true into <paramref name="sink"/>.</summary>
    /// <returns>Whether every log record was well-formed. One that was not is a raw line.</returns>
    public bool Decode<TSink>(ReadOnlySpan<byte> value, int digits, TSink sink)
        where TSink : ILineSink
    {
        sink.BeginSeveral();
        var isWhole = true;
        var request = new ProtobufReader(value);
        while (request.Next())
            isWhole &= DecodeResourceLogs(request.Bytes, digits, sink);
        return isWhole;
    }

    private static bool AreResourceLogs(ReadOnlySpan<byte> message, ref OtlpClock clock)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field is OtlpFields.ResourceLogsResource or OtlpFields.ResourceLogsSchemaUrl && !reader.IsBytes)
                return false;
            if (reader.Field == OtlpFields.ResourceLogsScopeLogs && !(reader.IsBytes && AreScopeLogs(reader.Bytes, ref clock)))
                return false;
        }

        return !reader.Failed;
    }

    private static bool AreScopeLogs(ReadOnlySpan<byte> message, ref OtlpClock clock)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field is OtlpFields.ScopeLogsScope or OtlpFields.ScopeLogsSchemaUrl or OtlpFields.ScopeLogsLogRecords
                && !reader.IsBytes)
                return false;
            if (reader.Field == OtlpFields.ScopeLogsLogRecords)
                clock.Add(TimeAtAGlance(reader.Bytes));
        }

        return !reader.Failed;
    }

    // Encoders write the time first, or last when they write backwards, as the Collector's does.
    private static long TimeAtAGlance(ReadOnlySpan<byte> logRecord)
    {
        const int Size = 1 + sizeof(ulong);
        if (logRecord.Length < Size)
            return 0;
        var field = logRecord[0] == OtlpFields.LogRecordTimeTag ? logRecord[..Size] : logRecord[^Size..];
        var time = BinaryPrimitives.ReadUInt64LittleEndian(field[1..]);
        return field[0] == OtlpFields.LogRecordTimeTag && time is >= SmallestNanoseconds and <= long.MaxValue ? (long)time : 0;
    }

    private bool DecodeResourceLogs<TSink>(ReadOnlySpan<byte> message, int digits, TSink sink)
        where TSink : ILineSink
    {
        sink.ClearFields();

        // The resource comes first by convention only.
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == OtlpFields.ResourceLogsResource)
                AddAttributes(reader.Bytes, OtlpFields.ResourceAttributes, FieldSource.Resource, sink);
        }

        sink.ShareFields();

        var isWhole = true;
        reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == OtlpFields.ResourceLogsScopeLogs)
                isWhole &= DecodeScopeLogs(reader.Bytes, digits, sink);
        }

        return isWhole;
    }

    private bool DecodeScopeLogs<TSink>(ReadOnlySpan<byte> message, int digits, TSink sink)
        where TSink : ILineSink
    {
        ReadOnlySpan<byte> scope = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == OtlpFields.ScopeLogsScope)
                scope = reader.Bytes;
        }

        var isWhole = true;
        reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == OtlpFields.ScopeLogsLogRecords)
                isWhole &= DecodeLogRecord(reader.Bytes, scope, digits, sink);
        }

        return isWhole;
    }

    private bool DecodeLogRecord<TSink>(ReadOnlySpan<byte> message, ReadOnlySpan<byte> scope, int digits, TSink sink)
        where TSink : ILineSink
    {
        ReadOnlySpan<byte> body = default, severityText = default, traceId = default, spanId = default, eventName = default;
        ulong time = 0, observedTime = 0, severityNumber = 0, flags = 0;

        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OtlpFields.LogRecordTime: time = reader.Number; break;
                case OtlpFields.LogRecordSeverityNumber: severityNumber = reader.Number; break;
                case OtlpFields.LogRecordSeverityText: severityText = reader.Bytes; break;
                case OtlpFields.LogRecordBody: body = reader.Bytes; break;
                case OtlpFields.LogRecordFlags: flags = reader.Number; break;
                case OtlpFields.LogRecordTraceId: traceId = reader.Bytes; break;
                case OtlpFields.LogRecordSpanId: spanId = reader.Bytes; break;
                case OtlpFields.LogRecordObservedTime: observedTime = reader.Number; break;
                case OtlpFields.LogRecordEventName: eventName = reader.Bytes; break;
            }
        }

        if (reader.Failed)
        {
            sink.AddLine(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message)));
            return false;
        }

        var isOfAlloy = AddAttributes(message, OtlpFields.LogRecordAttributes, FieldSource.Attribute, sink);
        if (!eventName.IsEmpty)
            sink.AddAttribute(FieldSource.Attribute, "event_name"u8, OtlpValueText.Clean(eventName));
        AddScope(scope, sink);
        sink.SetSeverity(OtlpValueText.Clean(severityText), (int)severityNumber);
        sink.SetTime(ToTime(time, digits));
        sink.SetObservedTime((long)observedTime);

        var line = _values.Render(body);
        // Containers' lines come with the line feed that ended them.
        if (line is [.., (byte)'\n'])
            line = line[..^1];
        var hasBody = !line.IsEmpty;
        if (!hasBody && !isOfAlloy)
            line = RenderWithoutBody(message, eventName);
        if (!traceId.IsEmpty)
            SetContext(sink, "TraceId"u8, traceId, line);
        if (!spanId.IsEmpty)
            SetContext(sink, "SpanId"u8, spanId, line);

        if ((flags & OtlpFields.SampledFlag) != 0 && traceId.Length == 16 && spanId.Length == 8)
            sink.SetTrace(traceId, spanId);

        // What was rendered from attributes says nothing that these have not said.
        if (hasBody)
            lines.Read(line, FieldSource.Line, sink);
        sink.AddLine(line);
        return true;
    }

    // Some senders put seconds, milli- or microseconds where nanoseconds belong: the unit that gives a time of this age is the one meant.
    private static ParsedTime ToTime(ulong time, int digits)
    {
        if (time is 0 or > long.MaxValue)
            return default;
        if (time >= SmallestNanoseconds)
            return new((long)time, digits >= 0 ? digits : OtlpClock.DigitsOf((long)time), true);
        Span<byte> text = stackalloc byte[20];
        System.Buffers.Text.Utf8Formatter.TryFormat(time, text, out var written);
        return TimestampParser.TryParse(text[..written], out var parsed) && parsed.HasZone ? parsed : default;
    }

    private bool AddAttributes<TSink>(ReadOnlySpan<byte> message, int field, FieldSource source, TSink sink)
        where TSink : ILineSink
    {
        var isOfAlloy = false;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field != field || !reader.IsBytes || !OtlpKeyValue.TryRead(reader.Bytes, out var key, out var value))
                continue;
            isOfAlloy |= key.SequenceEqual(AlloyLabels);
            var text = _values.Render(value);
            if (source == FieldSource.Attribute && key.SequenceEqual(RecordIdentifier))
                sink.SetIdentifier(text);
            sink.AddAttribute(source, OtlpValueText.Clean(key), text);
        }

        return isOfAlloy;
    }

    // Under the names that Loki's own OTLP endpoint gives them.
    private void AddScope<TSink>(ReadOnlySpan<byte> scope, TSink sink)
        where TSink : ILineSink
    {
        if (scope.IsEmpty)
            return;
        var reader = new ProtobufReader(scope);
        while (reader.Next())
        {
            if (reader.Field == OtlpFields.ScopeName)
                sink.AddAttribute(FieldSource.Scope, "scope_name"u8, OtlpValueText.Clean(reader.Bytes));
            else if (reader.Field == OtlpFields.ScopeVersion)
                sink.AddAttribute(FieldSource.Scope, "scope_version"u8, OtlpValueText.Clean(reader.Bytes));
            else if (reader.Field == OtlpFields.ScopeAttributes && reader.IsBytes
                && OtlpKeyValue.TryRead(reader.Bytes, out var key, out var value))
                sink.AddAttribute(FieldSource.Scope, OtlpValueText.Clean(key), _values.Render(value));
        }
    }

    // Under the names of the logs data model. What the line shows is found in the line, and is not kept a second time.
    private static void SetContext<TSink>(TSink sink, ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, ReadOnlySpan<byte> line)
        where TSink : ILineSink
    {
        Span<byte> hex = stackalloc byte[32];
        var field = id.Length is 8 or 16 ? sink.FindField(name) : -1;
        if (field >= 0 && Convert.TryToHexStringLower(id, hex, out var written) && line.IndexOf(hex[..written]) < 0)
            sink.SetField(field, FieldSource.Attribute, hex[..written]);
    }

    // An event, or an access log, whose content is in its attributes: event name and attributes as logfmt.
    private ReadOnlySpan<byte> RenderWithoutBody(ReadOnlySpan<byte> message, ReadOnlySpan<byte> eventName)
    {
        _rendered.ResetWrittenCount();
        if (!eventName.IsEmpty)
            WritePair("event_name"u8, OtlpValueText.Clean(eventName));
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field != OtlpFields.LogRecordAttributes || !OtlpKeyValue.TryRead(reader.Bytes, out var key, out var value)
                || key.SequenceEqual(RecordIdentifier))
                continue;
            var text = _values.Render(value);
            if (!key.IsEmpty && !text.IsEmpty)
                WritePair(OtlpValueText.Clean(key), text);
        }

        return _rendered.WrittenSpan;
    }

    private void WritePair(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (_rendered.WrittenCount > 0)
            _rendered.Write(" "u8);
        _rendered.Write(key);
        _rendered.Write("="u8);
        if (value.IndexOfAny(NeedsQuotes) < 0)
        {
            _rendered.Write(value);
            return;
        }

        _rendered.Write("\""u8);
        foreach (var character in value)
        {
            switch (character)
            {
                case (byte)'\n': _rendered.Write("\\n"u8); break;
                case (byte)'\r': _rendered.Write("\\r"u8); break;
                case (byte)'\t': _rendered.Write("\\t"u8); break;
                case (byte)'"': _rendered.Write("\\\""u8); break;
                case (byte)'\\': _rendered.Write("\\\\"u8); break;
                default: _rendered.Write([character]); break;
            }
        }

        _rendered.Write("\""u8);
    }
}
