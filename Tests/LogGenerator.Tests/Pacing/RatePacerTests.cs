using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Observability.LogGenerator.Pacing;

namespace Observability.LogGenerator.Tests.Pacing;

public class RatePacerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3.7)]
    [InlineData(1_000)]
    [InlineData(99_999)]
    public void The_rate_is_held_over_ten_minutes_without_drift(double rate)
    {
        var time = new FakeTimeProvider();
        var pacer = new RatePacer(time);
        long lines = 0;
        var end = TimeSpan.FromMinutes(10);
        while (pacer.Elapsed < end)
        {
            time.Advance(pacer.UntilNext(rate));
            for (int due; (due = pacer.Take(rate, 2_000, end)) > 0;)
                lines += due;
        }

        Assert.InRange(lines, Math.Floor(rate * 600) - 1, Math.Ceiling(rate * 600));
    }

    [Fact]
    public void Irregular_wake_ups_change_nothing_in_the_number() =>
        Gen.Select(Gen.Double[1, 50_000], Gen.Int[1, 900].Array[1, 200]).Sample((rate, pauses) =>
    {
        var time = new FakeTimeProvider();
        var pacer = new RatePacer(time);
        long lines = 0;
        foreach (var pause in pauses)
        {
            time.Advance(TimeSpan.FromMilliseconds(pause));
            for (int due; (due = pacer.Take(rate, 1_000)) > 0;)
                lines += due;
        }

        return Math.Abs(lines - (rate * pauses.Sum() / 1_000)) <= 1;
    });

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(7)]
    public void Late_wake_ups_cost_a_slow_rate_nothing(double rate)
    {
        var time = new FakeTimeProvider();
        var pacer = new RatePacer(time);
        var lines = 0;
        for (var i = 0; i < 10_000; i++)
        {
            time.Advance(pacer.UntilNext(rate) + TimeSpan.FromMilliseconds(i % 60));
            lines += pacer.Take(rate, 2_000);
        }

        Assert.InRange(lines, (rate * pacer.Elapsed.TotalSeconds) - 1, rate * pacer.Elapsed.TotalSeconds);
    }

    [Fact]
    public void A_round_duration_gives_a_round_number_of_lines()
    {
        var time = new FakeTimeProvider();
        var pacer = new RatePacer(time);
        var lines = 0;
        while (pacer.Elapsed < TimeSpan.FromSeconds(3))
        {
            time.Advance(TimeSpan.FromMilliseconds(7));
            lines += pacer.Take(1_000, 2_000, TimeSpan.FromSeconds(3));
        }

        Assert.Equal(3_000, lines);
    }

    [Fact]
    public void No_more_than_a_second_is_made_up_for_after_a_standstill()
    {
        var time = new FakeTimeProvider();
        var pacer = new RatePacer(time);
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.InRange(pacer.Take(1_000, int.MaxValue), 1_000, 1_001);
    }

    [Fact]
    public void What_exceeds_the_maximum_stays_due()
    {
        var time = new FakeTimeProvider();
        var pacer = new RatePacer(time);
        time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal([200, 200, 100, 0], Enumerable.Range(0, 4).Select(_ => pacer.Take(1_000, 200)));
    }

    [Fact]
    public void Nothing_is_due_for_a_pause()
    {
        var time = new FakeTimeProvider();
        var pacer = new RatePacer(time);
        time.Advance(TimeSpan.FromSeconds(10));

        pacer.Reset();

        Assert.Equal(0, pacer.Take(1_000, 2_000));
        Assert.Equal(TimeSpan.Zero, pacer.Elapsed);
    }

    [Fact]
    public void A_slow_rate_waits_in_steps_that_let_a_change_through()
    {
        var pacer = new RatePacer(new FakeTimeProvider());

        Assert.Equal(RatePacer.LongestWait, pacer.UntilNext(0.1));
        Assert.Equal(RatePacer.LongestWait, pacer.UntilNext(0));
        Assert.Equal(RatePacer.Tick, pacer.UntilNext(100_000));
    }
}
