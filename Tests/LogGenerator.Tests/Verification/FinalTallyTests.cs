using Observability.LogGenerator.Verification;
using Observability.ServiceDefaults;

namespace Observability.LogGenerator.Tests.Verification;

public sealed class FinalTallyTests
{
    /// <summary>The Forwarder fills the digits that a time leaves open: two of .NET's tick, as many more as it happens to end in
    /// zeros.</summary>
    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(1, 99, true)]
    [InlineData(1, 100, false)]
    [InlineData(1, -1, false)]
    [InlineData(30, 999, true)]
    [InlineData(30, 1000, false)]
    [InlineData(5000, 99_999, true)]
    [InlineData(5000, 100_000, false)]
    public void A_time_is_a_lines_own_with_the_digits_that_it_left_open_and_no_more(int ticks, int later, bool expected)
    {
        var sent = new SentLines(1);
        var time = sent.Add(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(ticks));
        var tally = new FinalTally(sent);

        tally.Add([new StoredLine(UnixTime.ToNanoseconds(time) + later, 1, IsPrecise: true)]);

        Assert.Equal(expected ? 0 : 1, tally.Changed);
    }
}
