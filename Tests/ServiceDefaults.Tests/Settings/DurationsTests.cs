using CsCheck;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Tests.Settings;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5s", 1.5)]
    [InlineData("2m", 120)]
    [InlineData("1h", 3600)]
    [InlineData("1d", 86400)]
    [InlineData("00:00:30", 30)]
    public void A_duration_is_written_as_people_write_it(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("30")]
    [InlineData("-5s")]
    [InlineData("1e99d")]
    [InlineData("99999999999999999999d")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Fact]
    public void What_is_formatted_is_read_back() => Gen.Int[0, int.MaxValue].Sample(
        milliseconds => Durations.TryParse(Durations.Format(TimeSpan.FromMilliseconds(milliseconds)), out var read)
            && read.TotalMilliseconds == milliseconds);
}
