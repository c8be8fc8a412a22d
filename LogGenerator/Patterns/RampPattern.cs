namespace Observability.LogGenerator.Patterns;

/// <summary>From nothing to the set rate in a straight line, then the set rate.</summary>
internal sealed class RampPattern : LinePattern
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    public override string Name => "ramp";

    public override string Description => "from nothing to the set rate within 60 s, then the set rate";

    public override double RateFactor(TimeSpan elapsed) => Math.Min(1, elapsed / Length);
}
