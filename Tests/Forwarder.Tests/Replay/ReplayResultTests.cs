using Observability.Forwarder.Replay;

namespace Observability.Forwarder.Tests.Replay;

public sealed class ReplayResultTests
{
    [Theory]
    [InlineData(false, "3 dead letters replayed")]
    [InlineData(true, "3 dead letters would be replayed")]
    public async Task What_was_replayed_is_told_by_topic_and_reason_in_order(bool dryRun, string expected)
    {
        var result = new ReplayResult();
        result.Add("shop", "other");
        result.Add("app", "line_too_long");
        result.Add("shop", "other");

        Assert.Equal(["app\tline_too_long\t1", "shop\tother\t2", expected], await TellAsync(result, dryRun));
    }

    [Fact]
    public async Task What_was_stepped_over_is_told_and_why()
    {
        var lines = await TellAsync(new ReplayResult { SteppedOver = 2 }, dryRun: false);

        Assert.Equal("0 dead letters replayed", lines[0]);
        Assert.StartsWith("2 records stepped over: ", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
    }

    private static async Task<string[]> TellAsync(ReplayResult result, bool dryRun)
    {
        using var output = new StringWriter();
        await result.TellAsync(output, dryRun);
        return output.ToString().TrimEnd().Split(Environment.NewLine);
    }
}
