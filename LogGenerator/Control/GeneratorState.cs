namespace Observability.LogGenerator.Control;

/// <summary>What the generator is doing.</summary>
/// <param name="Running">Whether it makes lines.</param>
/// <param name="Rate">The set rate, in lines a second.</param>
/// <param name="TargetRate">The rate aimed at now, in lines a second: with the pattern, and a burst if there is one.</param>
/// <param name="Pattern">The pattern's name.</param>
/// <param name="Burst">The burst that is on, or null.</param>
/// <param name="Seed">The seed that repeats this run.</param>
/// <param name="Sinks">Where the lines go.</param>
/// <param name="Lines">The lines made so far.</param>
/// <param name="Bytes">The bytes of those lines.</param>
/// <param name="FailedLines">Lines that a sink's target refused for good, over all sinks.</param>
/// <param name="ElapsedSeconds">The time spent making lines, without pauses, in seconds.</param>
internal sealed record GeneratorState(
    bool Running,
    double Rate,
    double TargetRate,
    string Pattern,
    BurstState? Burst,
    ulong Seed,
    IReadOnlyList<string> Sinks,
    long Lines,
    long Bytes,
    long FailedLines,
    double ElapsedSeconds);
