namespace Observability.LogGenerator.Lines;

/// <summary>
/// A seeded source of randomness (SplitMix64). <see cref="Random"/> promises no stable sequence between versions of
/// .NET, and a seed should make a run repeatable on any of them.
/// </summary>
internal sealed class LineRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextUInt64()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="exclusiveMaximum"/> − 1.</summary>
    public int Next(int exclusiveMaximum) => (int)Math.BigMul(NextUInt64(), (ulong)exclusiveMaximum, out _);

    /// <summary>A number from <paramref name="minimum"/> to <paramref name="exclusiveMaximum"/> − 1.</summary>
    public int Next(int minimum, int exclusiveMaximum) => minimum + Next(exclusiveMaximum - minimum);

    /// <summary>
    /// A duration as services have them: mostly short, with a long tail. From 0.1 to about 100 times <paramref name="typical"/>.
    /// </summary>
    public double NextLatency(double typical)
    {
        var u = (NextUInt64() >> 11) * (1.0 / (1UL << 53));
        return Math.Max(0.1, typical * (0.2 + (0.8 * Math.Pow(1 - u, -0.6))) * 0.5);
    }

    public T Pick<T>(ReadOnlySpan<T> choices) => choices[Next(choices.Length)];
}
