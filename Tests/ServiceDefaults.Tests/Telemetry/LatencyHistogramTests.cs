using CsCheck;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.ServiceDefaults.Tests.Telemetry;

public class LatencyHistogramTests
{
    [Fact]
    public void A_percentile_is_that_of_the_sorted_list_to_within_one_percent() =>
        Gen.Select(Gen.Double[0.1, 100_000].Array[1, 300], Gen.Double[0.01, 1]).Sample((milliseconds, share) =>
    {
        var histogram = new LatencyHistogram();
        foreach (var value in milliseconds)
            histogram.Add(TimeSpan.FromMilliseconds(value));

        var exact = milliseconds.Order().ElementAt((int)Math.Ceiling(share * milliseconds.Length) - 1);
        var read = histogram.Percentile(share).TotalMilliseconds;
        return read >= exact * 0.999 && read <= (exact * 1.0101) + 0.001;
    });

    [Fact]
    public void Without_a_value_it_is_zero() => Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Percentile(0.5));

    [Fact]
    public void Times_beyond_its_bounds_are_at_its_bounds()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.FromMilliseconds(-5));
        histogram.Add(TimeSpan.FromDays(400));

        Assert.InRange(histogram.Percentile(0.5), TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        Assert.InRange(histogram.Percentile(1), TimeSpan.FromDays(0.9), TimeSpan.FromDays(1.1));
    }
}
