using Observability.AllInOne.Flow;

namespace Observability.AllInOne.Tests.Host;

public sealed class LatencyWindowTests
{
    [Fact]
    public void An_empty_window_has_no_quantiles() => Assert.Null(new LatencyWindow().QuantileMs(0.5));

    [Fact]
    public void Quantiles_are_exact_to_a_hundredth()
    {
        var window = new LatencyWindow();
        for (var ms = 1; ms <= 1000; ms++)
            window.Record(ms / 1000.0);

        Assert.InRange(window.QuantileMs(0.5)!.Value, 500, 506);
        Assert.InRange(window.QuantileMs(0.95)!.Value, 950, 960);
    }

    [Fact]
    public void Values_from_below_a_millisecond_to_above_a_day_are_counted()
    {
        var window = new LatencyWindow();
        window.Record(0);
        window.Record(-5);
        window.Record(TimeSpan.FromDays(400).TotalSeconds);

        Assert.Equal(0.1, window.QuantileMs(0.5));
        Assert.True(window.QuantileMs(1) > TimeSpan.FromHours(23).TotalMilliseconds);
    }

    [Fact]
    public void What_is_older_than_ten_seconds_is_forgotten()
    {
        var window = new LatencyWindow();
        window.Record(1);
        for (var second = 0; second < 9; second++)
            window.Advance();
        Assert.NotNull(window.QuantileMs(0.5));

        window.Advance();

        Assert.Null(window.QuantileMs(0.5));
    }
}
