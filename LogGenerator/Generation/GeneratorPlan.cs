using Observability.LogGenerator.Patterns;

namespace Observability.LogGenerator.Generation;

/// <summary>What the generator is to do, as one value that changes as a whole.</summary>
/// <param name="Running">Whether lines are made.</param>
/// <param name="Rate">Lines a second, before the pattern and a burst are applied.</param>
/// <param name="Pattern">The pattern.</param>
/// <param name="PatternStart">When the pattern began (<see cref="TimeProvider.GetTimestamp"/>).</param>
/// <param name="BurstFactor">By how much a burst multiplies the rate.</param>
/// <param name="BurstEnd">When the burst is over (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal sealed record GeneratorPlan(bool Running, double Rate, LinePattern Pattern, long PatternStart, double BurstFactor, long BurstEnd)
{
    /// <summary>The rate aimed at, in lines a second.</summary>
    public double TargetRate(TimeProvider time)
    {
        if (!Running)
            return 0;
        var now = time.GetTimestamp();
        var rate = Rate * Pattern.RateFactor(time.GetElapsedTime(PatternStart, now));
        return now < BurstEnd ? rate * BurstFactor : rate;
    }
}
