namespace Observability.Embedded.Faults;

/// <summary>Something that goes wrong with an embedded part on purpose, for a while.</summary>
/// <param name="name">Its name, which begins with that of the part.</param>
/// <param name="part">The part that fails.</param>
/// <param name="summary">What goes wrong, in a sentence.</param>
/// <param name="parameters">What it is begun with, besides <see cref="Seconds"/>.</param>
internal abstract class InjectedFault(string name, string part, string summary, params IReadOnlyList<FaultParameter> parameters)
{
    /// <summary>How long a fault lasts, in seconds: every fault has it.</summary>
    public static FaultParameter Seconds { get; } = new("seconds", "how long it lasts, in seconds", Default: 60, Least: 1, Most: 3600);

    /// <summary>Its name, such as <c>loki-outage</c>.</summary>
    public string Name => name;

    /// <summary>The part that fails.</summary>
    public string Part => part;

    /// <summary>What goes wrong, in a sentence.</summary>
    public string Summary => summary;

    /// <summary>What it is begun with.</summary>
    public IReadOnlyList<FaultParameter> Parameters { get; } = [Seconds, .. parameters];

    /// <summary>Whether the part does nothing at all meanwhile.</summary>
    public virtual bool TakesPartDown => false;

    /// <summary>Whether it has done all that it was asked for, before its time was over.</summary>
    public virtual bool IsExhausted => false;

    /// <summary>What it has done since it began.</summary>
    public abstract IReadOnlyDictionary<string, long> Counts { get; }

    /// <summary>Begins. Never called twice without <see cref="End"/> between.</summary>
    /// <param name="arguments">A value for each of <see cref="Parameters"/>.</param>
    public abstract void Begin(IReadOnlyDictionary<string, int> arguments);

    /// <summary>Ends, and leaves the part as it was before.</summary>
    public abstract void End();
}
