using CsCheck;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class LineSetTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0,4-7,12", 0, 4, 5, 6, 7, 12)]
    [InlineData("3-3,5", 3, 5)]
    public void Lines_are_read_from_a_header(string text, params int[] lines)
    {
        var set = LineSet.Parse(text);

        Assert.Equal(lines, Enumerable.Range(0, 20).Where(set!.Contains));
    }

    /// <summary>A set that holds a line twice, or holds none, would be a replay that says nothing about which lines are missing.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("1,")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1-2-3")]
    [InlineData("3-1")]
    [InlineData("2,1")]
    [InlineData("3,3")]
    [InlineData("1-3,3")]
    [InlineData("1-3,2")]
    public void What_names_no_lines_in_order_is_none(string text) => Assert.Null(LineSet.Parse(text));

    [Fact]
    public void What_is_written_is_read_again() => Gen.Bool.Array[1, 40].Sample(wanted =>
    {
        var lines = Enumerable.Range(0, wanted.Length).Where(line => wanted[line]).ToList();
        if (lines.Count == 0)
            return;

        var set = LineSet.Parse(LineSet.Format(lines))!;

        Assert.Equal(lines, Enumerable.Range(0, wanted.Length + 1).Where(set.Contains));
    });
}
