using CsCheck;
using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Tests.Lines;

public class LineRandomTests
{
    // SplitMix64's own reference values for the seed 1234567 (Vigna, splitmix64.c), so that a seed means the same for ever.
    [Fact]
    public void It_is_SplitMix64()
    {
        var random = new LineRandom(1234567);

        Assert.Equal(
            [6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL],
            Enumerable.Range(0, 5).Select(_ => random.NextUInt64()));
    }

    [Fact]
    public void A_number_is_within_its_bounds() => Gen.Select(Gen.ULong, Gen.Int[1, int.MaxValue]).Sample((seed, maximum) =>
    {
        var next = new LineRandom(seed).Next(maximum);
        return next >= 0 && next < maximum;
    });

    [Fact]
    public void A_latency_is_positive_and_finite() => Gen.Select(Gen.ULong, Gen.Double[1, 1_000]).Sample((seed, typical) =>
    {
        var latency = new LineRandom(seed).NextLatency(typical);
        return latency >= 0.1 && double.IsFinite(latency);
    });
}
