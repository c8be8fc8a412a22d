using System.Text.Json;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Tests.Verification;

public class StoreResponseParserTests
{
    [Fact]
    public void Lines_of_all_streams_come_sorted_by_time_and_foreign_ones_not_at_all()
    {
        var lines = Parse("""
            {"status":"success","data":{"resultType":"streams","result":[
              {"stream":{"service":"a","values":"a label of this name"},"values":[["30","{\"run_id\":\"r-17\",\"seq\":3}"],["10","{\"run_id\":\"r-17\",\"seq\":1}",{"structuredMetadata":{"pod":"p"}}]]},
              {"stream":{"service":"b"},"values":[["20","{\"message\":\"verify line 7 of 9 \\\"seq\\\":5\",\"run_id\":\"r-17\",\"seq\":2}"],["25","{\"run_id\":\"other\",\"seq\":9}"],["26","no number, r-17"]]}
            ],"stats":{"summary":{"bytesProcessedPerSecond":1}}}}
            """);

        Assert.Equal([new StoredLine(10, 1), new StoredLine(20, 2), new StoredLine(30, 3)], lines);
    }

    [Fact]
    public void An_answer_without_lines_is_empty() => Assert.Empty(Parse("""{"status":"success","data":{"resultType":"streams","result":[]}}"""));

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[]}}""")]
    public void Another_answer_is_refused(string answer) => Assert.ThrowsAny<JsonException>(() => Parse(answer));

    private static List<StoredLine> Parse(string answer)
    {
        var lines = new List<StoredLine>();
        new StoreResponseParser("r-17"u8.ToArray()).Parse(System.Text.Encoding.UTF8.GetBytes(answer), lines);
        return lines;
    }
}
