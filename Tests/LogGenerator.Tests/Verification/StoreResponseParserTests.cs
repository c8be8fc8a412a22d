using System.Buffers;
using System.Text;
using System.Text.Json;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Tests.Verification;

public class StoreResponseParserTests
{
    [Fact]
    public void Lines_of_all_streams_come_sorted_by_time_each_with_what_is_wrong_with_it()
    {
        var lines = Parse(
            """{"status":"success","data":{"resultType":"streams","result":[{"stream":{"service":"a","level":"info","values":"a label of this name"},"values":[["30","""
            + Line(3) + """],["10",""" + Line(1) + """,{"structuredMetadata":{"pod":"p"}}]]},"""
            + """{"stream":{"service":"b","level":"warn","pod":"p"},"values":[["20",""" + Line(2) + """],["25",""" + Line(9, "other")
            + """],["26","no number, r-17"]]}],"stats":{"summary":{"bytesProcessedPerSecond":1}}}}""");

        Assert.Equal([10, 20, 25, 26, 30], lines.Select(line => line.Timestamp));
        Assert.Equal([1, 2, StoredLine.Foreign, StoredLine.Unreadable, 3], lines.Select(line => line.Sequence));
        Assert.Equal(
            [null, "label service is 'b' instead of 'a'", null, "its text is not what was sent; it ends with: no number, r-17",
                "metadata pod is absent instead of 'p'"],
            lines.Select(line => line.Change));
    }

    [Fact]
    public void An_answer_without_lines_is_empty() =>
        Assert.Empty(Parse("""{"status":"success","data":{"resultType":"streams","result":[]}}"""));

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[]}}""")]
    public void Another_answer_is_refused(string answer) => Assert.ThrowsAny<JsonException>(() => Parse(answer));

    private static string Line(long sequence, string run = "r-17")
    {
        var output = new ArrayBufferWriter<byte>();
        LineSeal.Write(output, """{"service":"a","level":"INFO","pod":"p","message":"run_id seq"""u8.ToArray().Append((byte)'"').ToArray(),
            isJson: true, Encoding.UTF8.GetBytes(run), sequence);
        return JsonSerializer.Serialize(Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static List<StoredLine> Parse(string answer)
    {
        var lines = new List<StoredLine>();
        new StoreResponseParser("r-17"u8.ToArray(),
            new LabelJudge(["service", "level"], ["pod"], "default")).Parse(Encoding.UTF8.GetBytes(answer), lines);
        return lines;
    }
}
