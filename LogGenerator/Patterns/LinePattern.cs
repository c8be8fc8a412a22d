using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Patterns;

/// <summary>What a run looks like over time: how fast, which lines, how old.</summary>
internal abstract class LinePattern
{
    /// <summary>The name by which settings and the control API know the pattern.</summary>
    public abstract string Name { get; }

    /// <summary>What the pattern does, in one sentence.</summary>
    public abstract string Description { get; }

    /// <summary>How many times the set rate is aimed at.</summary>
    /// <param name="elapsed">The time since the pattern began.</param>
    public virtual double RateFactor(TimeSpan elapsed) => 1;

    /// <summary>Which lines to choose from.</summary>
    /// <param name="scheduled">
    /// When the line is due at the set rate, counted from the start of the run. It depends on the line's number alone,
    /// not on the clock, so that a seed repeats a run.
    /// </param>
    public virtual LineMix Mix(TimeSpan scheduled) => LineCatalogue.Everyday;

    /// <summary>How far back the lines' timestamps lie.</summary>
    /// <param name="backfillAge">The age that the settings give.</param>
    public virtual TimeSpan Age(TimeSpan backfillAge) => TimeSpan.Zero;
}
