using System.Text;
using System.Text.Unicode;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Decoding;

/// <summary>Reads the value of a Kafka record into lines. It accepts every input: what it cannot decode is one raw line.</summary>
internal sealed class RecordDecoder
{
    private readonly OtlpProtobufDecoder _otlp = new();
    private readonly JsonLineDecoder _json = new();

    /// <summary>Decodes one record.</summary>
    /// <param name="format">The topic's format.</param>
    /// <param name="value">The record's value.</param>
    /// <param name="sink">Receives fields and lines.</param>
    /// <returns>Whether the value was what its format says; <see langword="false"/> means that it went into <paramref name="sink"/> as a raw line.</returns>
    public bool Decode(RecordFormat format, ReadOnlySpan<byte> value, ILineSink sink)
    {
        if (format == RecordFormat.Auto)
            format = FormatSniffer.Sniff(value);

        sink.ClearFields();
        var decoded = format switch
        {
            RecordFormat.Json => DecodeJson(value, sink),
            RecordFormat.OtlpProtobuf => _otlp.TryDecode(value, sink),
            RecordFormat.OtlpJson => OtlpJsonDecoder.TryDecode(value, sink),
            RecordFormat.Logfmt => DecodeLogfmt(value, sink),
            _ => Utf8.IsValid(value) && AddLine(value, sink),
        };
        if (decoded)
            return true;

        sink.ClearFields();
        AddRaw(value, sink);
        return false;
    }

    private bool DecodeJson(ReadOnlySpan<byte> value, ILineSink sink) =>
        // The JSON reader does not look into strings that nobody reads.
        Utf8.IsValid(value) && _json.TryReadFields(value, sink) && AddLine(value, sink);

    private static bool DecodeLogfmt(ReadOnlySpan<byte> value, ILineSink sink) =>
        Utf8.IsValid(value) && LogfmtDecoder.TryReadFields(value, sink) && AddLine(value, sink);

    private static bool AddLine(ReadOnlySpan<byte> value, ILineSink sink)
    {
        // A producer that reads lines from a pipe often leaves the line's end on.
        sink.AddLine(value.TrimEnd("\r\n"u8));
        return true;
    }

    // Loki holds text. What is no UTF-8 keeps its readable part, as with any viewer of broken text.
    private static void AddRaw(ReadOnlySpan<byte> value, ILineSink sink)
    {
        if (Utf8.IsValid(value))
            AddLine(value, sink);
        else
            AddLine(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(value)), sink);
    }
}
