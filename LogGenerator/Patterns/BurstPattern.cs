namespace Observability.LogGenerator.Patterns;

/// <summary>The set rate, with a burst at regular intervals.</summary>
internal sealed class BurstPattern : LinePattern
{
    public const double Factor = 10;

    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>How long a burst lasts, at the end of each period.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    public override string Name => "burst";

    public override string Description => "the set rate, and ten times as much in the last 5 s of every 30 s";

    public override double RateFactor(TimeSpan elapsed) =>
        elapsed.Ticks % Period.Ticks >= (Period - Length).Ticks ? Factor : 1;
}
