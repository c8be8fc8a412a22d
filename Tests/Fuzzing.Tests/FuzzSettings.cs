using System.Globalization;

namespace Observability.Fuzzing.Tests;

/// <summary>How long the fuzzing takes and where it starts, by the environment.</summary>
internal static class FuzzSettings
{
    private const int DefaultSeconds = 20;

    /// <summary><c>FUZZ_SECONDS</c>: how long each part of the fuzzing makes inputs; 20 s by default.</summary>
    public static TimeSpan Duration => TimeSpan.FromSeconds(Number("FUZZ_SECONDS") ?? DefaultSeconds);

    /// <summary>
    /// <c>FUZZ_SEED</c>: the same seed makes the same inputs and draws the same answers; which of the two meet depends on threads. Another
    /// one each time by default; what fails says which.
    /// </summary>
    public static int Seed => Number("FUZZ_SEED") ?? Random.Shared.Next(1_000_000_000);

    private static int? Number(string name) => Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new InvalidOperationException($"{name} is '{text}': it must be a whole number.");
}
