namespace Observability.LogGenerator.Patterns;

/// <summary>The set rate, all the time.</summary>
internal sealed class SteadyPattern : LinePattern
{
    public override string Name => "steady";

    public override string Description => "the set rate, all the time";
}
