using System.Buffers;
using System.Buffers.Text;
using System.IO.Hashing;

namespace Observability.LogGenerator.Verification;

/// <summary>
/// The end of a verified line: the run's id, the line's number, and a checksum of everything before it. A JSON line has them as
/// fields (<c>,"run_id":"r","seq":7,"sum":"0123456789abcdef"}</c>), any other as words (<c> run_id=r seq=7 sum=0123456789abcdef</c>).
/// </summary>
internal static class LineSeal
{
    private const int SumDigits = 16;

    private static ReadOnlySpan<byte> JsonRun => ",\"run_id\":\""u8;

    private static ReadOnlySpan<byte> JsonSequence => "\",\"seq\":"u8;

    private static ReadOnlySpan<byte> JsonSum => ",\"sum\":\""u8;

    private static ReadOnlySpan<byte> JsonEnd => "\"}"u8;

    private static ReadOnlySpan<byte> TextRun => " run_id="u8;

    private static ReadOnlySpan<byte> TextSequence => " seq="u8;

    private static ReadOnlySpan<byte> TextSum => " sum="u8;

    /// <summary>A regular expression (RE2) for the lines of a run alone, for a line filter between backticks.</summary>
    public static string Pattern(string runId) => $"run_id(\":\"|=){runId}[\" ]";

    /// <summary>A regular expression for the lines whose number is, or ends with, what is asked for.</summary>
    public static string SequencePattern(string digits) => $"seq(\":|=){digits}[, ]";

    /// <summary>Writes the seal.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="line">The line before it; of a JSON line all but the last brace.</param>
    /// <param name="isJson">Whether the line is a JSON object.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="sequence">The line's number.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> line, bool isJson, ReadOnlySpan<byte> runId, long sequence)
    {
        Span<byte> number = stackalloc byte[20];
        Utf8Formatter.TryFormat(sequence, number, out var digits);
        var hash = new XxHash3();
        Put(line);
        Put(isJson ? JsonRun : TextRun);
        Put(runId);
        Put(isJson ? JsonSequence : TextSequence);
        Put(number[..digits]);
        Put(isJson ? JsonSum : TextSum);
        Span<byte> sum = stackalloc byte[SumDigits];
        Utf8Formatter.TryFormat(hash.GetCurrentHashAsUInt64(), sum, out _, new StandardFormat('x', SumDigits));
        output.Write(sum);
        if (isJson)
            output.Write(JsonEnd);

        void Put(ReadOnlySpan<byte> part)
        {
            hash.Append(part);
            output.Write(part);
        }
    }

    /// <summary>Reads the seal of a line that a store shows.</summary>
    /// <param name="line">The line.</param>
    /// <param name="runId">The run's id.</param>
    /// <param name="sequence">The number that the line states; <see cref="StoredLine.Unreadable"/> or <see cref="StoredLine.Foreign"/>
    /// without one of this run.</param>
    /// <returns>Whether the line is whole: the checksum holds and nothing follows it.</returns>
    public static bool Check(ReadOnlySpan<byte> line, ReadOnlySpan<byte> runId, out long sequence)
    {
        sequence = StoredLine.Unreadable;
        var (json, text) = (line.LastIndexOf(JsonRun), line.LastIndexOf(TextRun));
        var isJson = json > text;
        var at = Math.Max(json, text);
        if (at < 0)
            return false;

        var rest = line[(at + (isJson ? JsonRun : TextRun).Length)..];
        if (!Skip(ref rest, runId) || (rest.Length > 0 && rest[0] != (isJson ? (byte)'"' : (byte)' ')))
        {
            // Another run's, unless the line ends within its id: then nobody knows.
            sequence = rest.IndexOf(isJson ? (byte)'"' : (byte)' ') >= 0 ? StoredLine.Foreign : StoredLine.Unreadable;
            return false;
        }

        if (!Skip(ref rest, isJson ? JsonSequence : TextSequence) || !Utf8Parser.TryParse(rest, out long number, out var digits)
            || number < 1)
            return false;
        rest = rest[digits..];
        if (!Skip(ref rest, isJson ? JsonSum : TextSum))
            return false;
        sequence = number;

        // As text, so that not even the case of a digit may differ.
        Span<byte> sum = stackalloc byte[SumDigits];
        Utf8Formatter.TryFormat(XxHash3.HashToUInt64(line[..^rest.Length]), sum, out _, new StandardFormat('x', SumDigits));
        return Skip(ref rest, sum) && rest.SequenceEqual(isJson ? JsonEnd : default);
    }

    private static bool Skip(ref ReadOnlySpan<byte> text, scoped ReadOnlySpan<byte> expected)
    {
        if (!text.StartsWith(expected))
            return false;
        text = text[expected.Length..];
        return true;
    }
}
