namespace Observability.Fuzzing.Tests.Inputs;

/// <summary>A place where foreign bytes come in.</summary>
/// <param name="Name">What reads them.</param>
/// <param name="Samples">Good inputs, which are mutated.</param>
/// <param name="Large">Inputs that were trouble once, or could be: each is tried as it is.</param>
/// <param name="Read">Reads an input. It throws only where it must not.</param>
internal sealed record InputTarget(string Name, IReadOnlyList<byte[]> Samples, IReadOnlyList<byte[]> Large, Action<byte[]> Read);
