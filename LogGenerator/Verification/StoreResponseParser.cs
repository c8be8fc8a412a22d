using System.Buffers.Text;
using System.Text.Json;

namespace Observability.LogGenerator.Verification;

/// <summary>Reads the lines of a run out of an answer of <c>query_range</c> (Loki HTTP API, "Query logs within a range of time").</summary>
/// <param name="runId">The run's id, in UTF-8.</param>
internal sealed class StoreResponseParser(byte[] runId)
{
    private byte[] _line = new byte[4_096];

    /// <summary>Adds the lines of the answer to <paramref name="lines"/>, sorted by time over all its streams.</summary>
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
            else if (reader.ValueTextEquals("values"u8))
            {
                // A label may have this name too; its value is a text.
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartArray)
                    ParseValues(ref reader, lines);
            }
        }

        if (!isLogs)
            throw new JsonException("The answer holds no log lines (resultType is not streams).");
        lines.Sort();
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
            if (TryFindSequence(ref reader, out var sequence))
                lines.Add(new StoredLine(timestamp, sequence));
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                reader.Skip();
        }
    }

    private bool TryFindSequence(ref Utf8JsonReader reader, out long sequence)
    {
        sequence = 0;
        if (_line.Length < reader.ValueSpan.Length)
            _line = new byte[reader.ValueSpan.Length * 2];
        ReadOnlySpan<byte> line = _line.AsSpan(0, reader.CopyString(_line));
        var at = line.LastIndexOf(VerifyLine.SequenceField);
        return at >= 0
            && line.IndexOf(runId) >= 0
            && Utf8Parser.TryParse(line[(at + VerifyLine.SequenceField.Length)..], out sequence, out _);
    }
}
