using Observability.Forwarder.Delivery;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class StreamLimitsTests
{
    private static readonly DateTimeOffset Now = new(2025, 9, 14, 13, 45, 0, TimeSpan.Zero);

    private readonly StreamLimits _limits = new(
        new LokiOptions { StreamRate = 3000, StreamBurst = 6000, MaxChunkAge = TimeSpan.FromHours(2) });

    [Fact]
    public void A_third_of_what_the_settings_say_is_counted_on_for_others_may_write_the_same_streams() =>
        Assert.Equal((1000, 2000), (_limits.Rate, _limits.Burst));

    [Theory]
    [InlineData(1500, 500, 750)]
    [InlineData(1, 1, 1)]
    // What a refusal names is another Forwarder's, or no news.
    [InlineData(1_000_000, 1000, 2000)]
    public void A_rate_that_a_refusal_names_only_ever_lowers_what_is_counted_on(long named, double rate, double burst)
    {
        _limits.LowerRate(named);
        _limits.LowerRate(1_000_000);

        Assert.Equal((rate, burst), (_limits.Rate, _limits.Burst));
    }

    /// <summary>Half of the age of a chunk, of that five sixths, less the ten minutes that a line may be ahead of the clock; or a
    /// third of it.</summary>
    [Theory]
    [InlineData(120, 40)]
    [InlineData(40, 20.0 * 5 / 6 - 10)]
    [InlineData(30, 5)]
    public void Lines_may_be_late_from_an_age_on_that_follows_from_that_of_a_chunk(int chunkAge, double minutes) =>
        Assert.Equal(
            Math.Max(minutes, chunkAge / 6.0),
            new StreamLimits(new LokiOptions { MaxChunkAge = TimeSpan.FromMinutes(chunkAge) }).LateAfter.TotalMinutes, 0.001);

    [Fact]
    public void A_window_is_lowered_by_what_shows_that_it_is_smaller_and_by_nothing_else()
    {
        // The newest line of the stream may be ten minutes ahead: 50 minutes make an hour, which is no news.
        Assert.False(_limits.LowerWindow(Now.AddMinutes(-50), Now));
        Assert.Equal(TimeSpan.FromMinutes(40), _limits.LateAfter);

        Assert.True(_limits.LowerWindow(Now.AddMinutes(-38), Now));
        Assert.Equal(TimeSpan.FromMinutes(30), _limits.LateAfter);
        Assert.False(_limits.LowerWindow(Now.AddMinutes(-40), Now));
        Assert.Equal(TimeSpan.FromMinutes(30), _limits.LateAfter);
    }

    /// <summary>A store whose clock is wrong, say.</summary>
    [Fact]
    public void A_window_never_becomes_smaller_than_a_second()
    {
        Assert.True(_limits.LowerWindow(Now.AddMinutes(30), Now));

        Assert.Equal(TimeSpan.FromSeconds(1) / 3, _limits.LateAfter);
    }
}
