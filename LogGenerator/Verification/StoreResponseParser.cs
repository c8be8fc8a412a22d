using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Observability.LogGenerator.Verification;

/// <summary>
/// Reads and judges the lines of a run out of an answer of <c>query_range</c> (Loki HTTP API, "Query logs within a range of time").
/// </summary>
/// <param name="runId">The run's id, in UTF-8.</param>
/// <param name="labels">Compares labels and metadata.</param>
internal sealed class StoreResponseParser(byte[] runId, LabelJudge labels)
{
    // {"timestamp":"2025-09-14T13:45:00.1234567Z": a line to the millisecond has its Z there.
    private const int SubMillisecond = 14 + 23;
    private const int Excerpt = 120;

    private byte[] _line = new byte[4_096];
    private int _length;

    /// <summary>
    /// Adds every line of the answer to <paramref name="lines"/>, those of other runs as well, sorted by time over all its streams.
    /// </summary>
    /// <exception cref="JsonException">The answer is no answer of <c>query_range</c>.</exception>
    public void Parse(ReadOnlySpan<byte> answer, List<StoredLine> lines)
    {
        var reader = new Utf8JsonReader(answer);
        var isLogs = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            if (reader.ValueTextEquals("resultType"u8))
            {
                reader.Read();
                isLogs = reader.ValueTextEquals("streams"u8);
            }
            else if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                labels.BeginStream();
                if (reader.TokenType == JsonTokenType.StartObject)
                    ParseStream(ref reader);
            }
            else if (reader.ValueTextEquals("values"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartArray)
                    ParseValues(ref reader, lines);
            }
        }

        if (!isLogs)
            throw new JsonException("The answer holds no log lines (resultType is not streams).");
        lines.Sort();
    }

    private void ParseStream(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
                labels.AddToStream(name, ref reader);
            else
                reader.Skip();
        }
    }

    // [["<nanoseconds>", "<line>", {metadata}?], …]
    private void ParseValues(ref Utf8JsonReader reader, List<StoredLine> lines)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            reader.Read();
            if (!Utf8Parser.TryParse(reader.ValueSpan, out long timestamp, out _))
                throw new JsonException("A timestamp is not a number of nanoseconds.");
            reader.Read();
            if (_line.Length < reader.ValueSpan.Length)
                _line = new byte[reader.ValueSpan.Length * 2];
            _length = reader.CopyString(_line);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                ParseMetadata(ref reader);
            lines.Add(Judge(timestamp));
        }
    }

    // {"structuredMetadata":{"name":"value"},"parsed":{}}, or the pairs alone as they were pushed.
    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return;
        var depth = reader.CurrentDepth;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth))
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
                labels.AddToEntry(name, ref reader);
        }
    }

    private StoredLine Judge(long timestamp)
    {
        ReadOnlySpan<byte> line = _line.AsSpan(0, _length);
        var isWhole = LineSeal.Check(line, runId, out var sequence);
        if (sequence == StoredLine.Foreign)
            return new StoredLine(timestamp, sequence);
        if (isWhole)
            return new StoredLine(timestamp, sequence, labels.Judge(line), IsWhole: true,
                line.Length > SubMillisecond && line[0] == '{' && char.IsAsciiDigit((char)line[SubMillisecond]));

        var excerpt = Encoding.UTF8.GetString(line.Length > Excerpt ? line[^Excerpt..] : line);
        return new StoredLine(timestamp, sequence, $"its text is not what was sent; it ends with: {excerpt}", IsWhole: false);
    }
}
