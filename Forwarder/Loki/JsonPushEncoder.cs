using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Loki;

/// <summary>The push API's JSON form, gzipped. For what stands between here and Loki and reads only JSON; protobuf is several times faster.</summary>
internal sealed class JsonPushEncoder : IPushEncoder
{
    private readonly ArrayBufferWriter<byte> _json = new();

    /// <inheritdoc/>
    public string ContentType => "application/json";

    /// <inheritdoc/>
    public string? ContentEncoding => "gzip";

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Encode(Batch batch, ReadOnlySpan<int> lines, ReadOnlySpan<int> streamOf)
    {
        _json.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_json))
        {
            json.WriteStartObject();
            json.WriteStartArray("streams"u8);
            for (var start = 0; start < lines.Length;)
            {
                var stream = streamOf[lines[start]];
                json.WriteStartObject();
                WriteLabels(json, batch.Streams[stream].Stream.Names, batch.Streams[stream].Stream.Values);
                json.WriteStartArray("values"u8);
                for (; start < lines.Length && streamOf[lines[start]] == stream; start++)
                    WriteEntry(json, batch.Entries[lines[start]].Timestamp, batch.Bytes(batch.Entries[lines[start]]));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(_json.WrittenSpan);
        return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
    }

    private static void WriteLabels(Utf8JsonWriter json, IReadOnlyList<string> names, IReadOnlyList<string> values)
    {
        json.WriteStartObject("stream"u8);
        foreach (var (name, value) in names.Zip(values))
        {
            if (value.Length > 0)
                json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, long timestamp, ReadOnlySpan<byte> entry)
    {
        json.WriteStartArray();
        json.WriteStringValue(timestamp.ToString(CultureInfo.InvariantCulture));
        json.WriteStringValue(EntryReader.Line(entry));
        var hasMetadata = false;
        var reader = new ProtobufReader(entry);
        while (reader.Next())
        {
            if (reader.Field != 3)
                continue;
            if (!hasMetadata)
                json.WriteStartObject();
            hasMetadata = true;
            WritePair(json, reader.Bytes);
        }

        if (hasMetadata)
            json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WritePair(Utf8JsonWriter json, ReadOnlySpan<byte> pair)
    {
        ReadOnlySpan<byte> name = default, value = default;
        var reader = new ProtobufReader(pair);
        while (reader.Next())
        {
            if (reader.Field == 1)
                name = reader.Bytes;
            else
                value = reader.Bytes;
        }

        json.WriteString(name, value);
    }
}
