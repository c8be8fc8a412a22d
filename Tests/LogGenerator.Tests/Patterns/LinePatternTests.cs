using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Patterns;

namespace Observability.LogGenerator.Tests.Patterns;

public class LinePatternTests
{
    [Fact]
    public void All_the_patterns_are_there() => Assert.Equal(
        ["steady", "burst", "ramp", "error-storm", "high-cardinality", "large-lines", "malformed", "backfill"],
        LinePatterns.All.Select(pattern => pattern.Name));

    [Fact]
    public void A_pattern_is_found_by_its_name_in_any_case()
    {
        Assert.True(LinePatterns.TryGet("Error-Storm", out var pattern));
        Assert.IsType<ErrorStormPattern>(pattern);
        Assert.False(LinePatterns.TryGet("storm", out _));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(24.9, 1)]
    [InlineData(25, 10)]
    [InlineData(29.9, 10)]
    [InlineData(30, 1)]
    [InlineData(56, 10)]
    public void A_burst_comes_at_the_end_of_each_period(double second, double factor) =>
        Assert.Equal(factor, new BurstPattern().RateFactor(TimeSpan.FromSeconds(second)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(30, 0.5)]
    [InlineData(60, 1)]
    [InlineData(600, 1)]
    public void A_ramp_rises_in_a_straight_line(double second, double factor) =>
        Assert.Equal(factor, new RampPattern().RateFactor(TimeSpan.FromSeconds(second)), 6);

    [Fact]
    public void An_error_storm_is_nine_tenths_errors_and_passes()
    {
        var random = new LineRandom(1);
        var pattern = new ErrorStormPattern();

        Assert.InRange(ErrorShare(pattern.Mix(TimeSpan.FromSeconds(5)), random), 0.88, 0.97);
        Assert.InRange(ErrorShare(pattern.Mix(TimeSpan.FromSeconds(30)), random), 0, 0.15);
        Assert.InRange(ErrorShare(pattern.Mix(TimeSpan.FromSeconds(65)), random), 0.88, 0.97);
    }

    [Fact]
    public void Half_of_the_malformed_lines_are_malformed()
    {
        var random = new LineRandom(1);
        var mix = new MalformedPattern().Mix(TimeSpan.Zero);

        Assert.InRange(Enumerable.Range(0, 2_000).Count(_ => mix.Pick(random) is MalformedLine), 900, 1_100);
    }

    [Fact]
    public void High_cardinality_and_large_lines_are_of_their_kind()
    {
        Assert.All(new HighCardinalityPattern().Mix(TimeSpan.Zero).Kinds, kind => Assert.IsType<HighCardinalityLine>(kind));
        Assert.All(new LargeLinesPattern().Mix(TimeSpan.Zero).Kinds, kind => Assert.IsType<LongLine>(kind));
    }

    [Fact]
    public void Backfill_alone_makes_lines_old()
    {
        var age = TimeSpan.FromMinutes(30);
        foreach (var pattern in LinePatterns.All)
            Assert.Equal(pattern is BackfillPattern ? age : TimeSpan.Zero, pattern.Age(age));
    }

    private static double ErrorShare(LineMix mix, LineRandom random)
    {
        var batch = new LineBatch();
        for (var i = 0; i < 1_000; i++)
            batch.Add(mix.Pick(random), new LineContext(DateTime.UtcNow, random, i));
        return batch.Lines.ToArray().Count(line => line.Info.Severity == LineSeverity.Error) / 1_000.0;
    }
}
