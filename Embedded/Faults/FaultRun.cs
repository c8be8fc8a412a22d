namespace Observability.Embedded.Faults;

/// <summary>One time that a fault was begun.</summary>
/// <param name="Began">When.</param>
/// <param name="Arguments">With what.</param>
/// <param name="RemainingSeconds">Seconds until it ends by itself; 0 once it is over.</param>
/// <param name="Counts">What it has done: requests that it turned away, say.</param>
public sealed record FaultRun(
    DateTimeOffset Began,
    IReadOnlyDictionary<string, int> Arguments,
    double RemainingSeconds,
    IReadOnlyDictionary<string, long> Counts);
