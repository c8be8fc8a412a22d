namespace Observability.LogGenerator.Patterns;

/// <summary>Old lines, as a shipper sends them that was away for a while.</summary>
internal sealed class BackfillPattern : LinePattern
{
    public override string Name => "backfill";

    public override string Description => "timestamps that lie back by LogGenerator:BackfillAge";

    public override TimeSpan Age(TimeSpan backfillAge) => backfillAge;
}
