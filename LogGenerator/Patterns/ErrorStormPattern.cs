using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Patterns;

/// <summary>A storm of errors at regular intervals.</summary>
internal sealed class ErrorStormPattern : LinePattern
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    /// <summary>How long a storm lasts, at the start of each period.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    public override string Name => "error-storm";

    public override string Description => "nine lines in ten are errors in the first 20 s of every 60 s";

    public override LineMix Mix(TimeSpan scheduled) =>
        scheduled.Ticks % Period.Ticks < Length.Ticks ? LineCatalogue.Errors : LineCatalogue.Everyday;
}
