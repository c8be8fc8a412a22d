using System.Text.Json;

namespace Observability.Forwarder.Decoding;

/// <summary>Picks the wanted top-level fields out of a JSON object.</summary>
internal sealed class JsonLineDecoder
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    private byte[] _unescaped = new byte[1024];

    /// <summary>Reads the fields of <paramref name="value"/> into <paramref name="sink"/>.</summary>
    /// <param name="value">The object in UTF-8.</param>
    /// <param name="sink">Receives the fields.</param>
    /// <param name="onlyUnset">Leaves alone what has a value already: the body of an OTLP record says less than its attributes.</param>
    /// <returns>Whether <paramref name="value"/> is one well-formed JSON object. If not, some fields may have been set.</returns>
    public bool TryReadFields(ReadOnlySpan<byte> value, ILineSink sink, bool onlyUnset = false)
    {
        // The reader reports malformed input by exception, which is slow; a cut-off line, the usual fault, is seen here.
        var trimmed = value.TrimEnd(" \t\r\n"u8);
        if (trimmed.Length < 2 || trimmed[^1] != '}')
            return false;

        try
        {
            var reader = new Utf8JsonReader(trimmed, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = sink.FindField(reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan);
                reader.Read();
                if (field < 0 || (onlyUnset && sink.HasField(field)) || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.Null)
                    reader.Skip();
                else
                    sink.SetField(field, reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan);
            }

            // Reading on finds what stands behind the object.
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string with invalid UTF-8 or half a surrogate pair (Utf8JsonReader.CopyString).
            return false;
        }
    }

    private ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader)
    {
        if (_unescaped.Length < reader.ValueSpan.Length)
            _unescaped = new byte[reader.ValueSpan.Length * 2];
        return _unescaped.AsSpan(0, reader.CopyString(_unescaped));
    }
}
