using System.Text;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Decoding;

/// <summary>Reads the value of a Kafka record into lines. It accepts every input: what it cannot decode is one raw line.</summary>
internal sealed class RecordDecoder
{
    private readonly LineDecoder _lines = new();
    private readonly OtlpProtobufDecoder _otlp;
    private readonly OtlpJsonReader _otlpJson = new();

    public RecordDecoder() => _otlp = new OtlpProtobufDecoder(_lines);

    /// <summary>Decodes one record.</summary>
    /// <param name="format">The topic's format.</param>
    /// <param name="value">The record's value.</param>
    /// <param name="sink">Receives fields and lines.</param>
    /// <returns>
    /// Whether the value was what its format says. If not, it went into <paramref name="sink"/> all the same: as a raw line, with the
    /// fields
    /// that were read before the fault, or with the log record in question as a raw line among the others.
    /// </returns>
    public bool Decode<TSink>(RecordFormat format, ReadOnlySpan<byte> value, TSink sink)
        where TSink : ILineSink
    {
        sink.ClearFields();
        if (format != RecordFormat.Text)
            value = FormatSniffer.WithoutRegistryFrame(value);

        var isOtlp = format == RecordFormat.OtlpProtobuf
            || (format == RecordFormat.Auto && !value.IsEmpty && value[0] == OtlpFields.RequestTag);
        if (isOtlp && OtlpProtobufDecoder.IsRequest(value, out var digits))
            return _otlp.Decode(value, digits, sink);

        // Loki holds text. What is no UTF-8 keeps its readable part, as with any viewer of broken text.
        var isText = Utf8Text.IsValid(value);
        if (!isText)
            value = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(value));
        if (format == RecordFormat.Auto)
            format = FormatSniffer.SniffText(value);
        return DecodeText(format, value, sink) && isText;
    }

    private bool DecodeText<TSink>(RecordFormat format, ReadOnlySpan<byte> value, TSink sink)
        where TSink : ILineSink
    {
        switch (format)
        {
            case RecordFormat.OtlpJson when _otlpJson.TryRead(value, out var request, out var digits):
                return _otlp.Decode(request, digits, sink);
            case RecordFormat.Json:
                return TryAddRecords(value, sink) || DecodeJson(value, sink);
            case RecordFormat.JsonArray:
                return TryAddElements(value, FindArray(value), sink) || DecodeJson(value, sink);
            case RecordFormat.Logfmt:
                var isLogfmt = LogfmtDecoder.TryReadFields(value, FieldSource.Line, sink);
                if (!isLogfmt)
                    _lines.ReadText(value, FieldSource.Line, sink);
                AddLine(value, sink);
                return isLogfmt;
            case RecordFormat.Text:
                _lines.ReadText(value, FieldSource.Line, sink);
                AddLine(value, sink);
                return true;
            default:
                AddLine(value, sink);
                return false;
        }
    }

    private bool DecodeJson<TSink>(ReadOnlySpan<byte> value, TSink sink)
        where TSink : ILineSink
    {
        var isWhole = _lines.ReadJson(value, FieldSource.Line, sink, out var length);
        if (isWhole && length < value.Length && EndsLine(value[..length]) && AreObjects(value))
        {
            sink.ClearFields();
            AddObjects(value, sink);
            return true;
        }

        AddLine(value, sink);
        return isWhole && length == value.Length;
    }

    private static bool EndsLine(ReadOnlySpan<byte> text) => text[(text.LastIndexOfAnyExcept(" \t\r\n"u8) + 1)..].Contains((byte)'\n');

    // Newline-delimited JSON: every line is an object, or what begins so and ends so.
    private static bool AreObjects(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)'\n'))
        {
            var line = value[range].Trim(" \t\r"u8);
            if (!line.IsEmpty && line is not [(byte)'{', .., (byte)'}'])
                return false;
        }

        return true;
    }

    private void AddObjects<TSink>(ReadOnlySpan<byte> value, TSink sink)
        where TSink : ILineSink
    {
        sink.BeginSeveral();
        foreach (var range in value.Split((byte)'\n'))
        {
            var line = value[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
                continue;
            _lines.ReadJson(line, FieldSource.Line, sink, out _);
            sink.AddLine(line);
        }
    }

    // What Azure's diagnostic settings write into an Event Hub: {"records":[{"time":…,"category":…},…]}. Another "records" stays one line.
    private bool TryAddRecords<TSink>(ReadOnlySpan<byte> value, TSink sink)
        where TSink : ILineSink
    {
        var name = value.IsEmpty ? 0 : JsonText.SkipSpace(value, 1);
        if (!value[name..].StartsWith("\"records\""u8))
            return false;
        var array = FindArray(value);
        if (array < 0)
            return false;
        var elements = new JsonElements(value, array);
        return elements.Next() && elements.Current[0] == '{' && elements.Current.IndexOf("\"time\""u8) > 0
            && (elements.Current.IndexOf("\"category\""u8) > 0 || elements.Current.IndexOf("\"operationName\""u8) > 0
                || elements.Current.IndexOf("\"resourceId\""u8) > 0)
            && TryAddElements(value, array, sink);
    }

    // Where the array begins that is the whole value, or the first field of the object that is; -1 for neither.
    private static int FindArray(ReadOnlySpan<byte> value)
    {
        var position = JsonText.SkipSpace(value, 0);
        if (position < value.Length && value[position] == '{')
        {
            position = JsonText.SkipSpace(value, position + 1);
            var end = position < value.Length && value[position] == '"' ? JsonText.FindStringEnd(value, position, out _) : -1;
            position = end < 0 ? -1 : JsonText.SkipSpace(value, end + 1);
            if (position < 0 || position >= value.Length || value[position] != ':')
                return -1;
            position = JsonText.SkipSpace(value, position + 1);
        }

        return position < value.Length && value[position] == '[' ? position : -1;
    }

    private bool TryAddElements<TSink>(ReadOnlySpan<byte> value, int array, TSink sink)
        where TSink : ILineSink
    {
        if (array < 0)
            return false;

        // Twice: what is no whole array, or has anything behind it, is not taken apart.
        var elements = new JsonElements(value, array);
        var count = 0;
        while (elements.Next())
            count++;
        var rest = elements.IsWhole ? value[elements.Position..].Trim("} \t\r\n"u8) : value;
        if (count == 0 || !rest.IsEmpty)
            return false;

        sink.BeginSeveral();
        elements = new JsonElements(value, array);
        while (elements.Next())
        {
            _lines.Read(elements.Current, FieldSource.Line, sink);
            sink.AddLine(elements.Current);
        }

        return true;
    }

    // A producer that reads lines from a pipe often leaves the line's end on.
    private static void AddLine<TSink>(ReadOnlySpan<byte> value, TSink sink)
        where TSink : ILineSink => sink.AddLine(value is [.., > (byte)'\r'] ? value : value.TrimEnd("\r\n"u8));
}
