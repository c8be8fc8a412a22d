using System.Diagnostics;
using System.Globalization;
using Observability.Fuzzing.Tests.Corpus;

namespace Observability.Fuzzing.Tests.Inputs;

/// <summary>
/// Whatever reads foreign bytes takes any of them, without an exception that nobody catches, and with a limit of memory and of a
/// processor's time for each input.
/// </summary>
public sealed class InputFuzzTests
{
    // Bytes of an input that a failure shows; what is longer is of the corpus, or of a seed.
    private const int MostShown = 2000;

    public static TheoryData<string> Names => [.. InputTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_input_takes_more_than_its_share_or_fails_unforeseen(string name)
    {
        var target = InputTargets.All.Single(target => target.Name == name);
        var (seed, duration) = (FuzzSettings.Seed, FuzzSettings.Duration / InputTargets.All.Count);
        var mutator = new Mutator(new Random(seed));
        using var limit = new InputLimit();
        var inputs = 0;
        foreach (var input in target.Large.Concat(target.Samples))
            Check(input, $"number {inputs}");

        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
            Check(mutator.Next(target.Samples), string.Create(CultureInfo.InvariantCulture, $"FUZZ_SEED={seed}, number {inputs}"));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{name}: {inputs} inputs, at most {limit.Most.Time.TotalSeconds:0.00} s and {limit.Most.Bytes / 1_000_000} MB, "
            + $"FUZZ_SEED={seed}");

        void Check(byte[] input, string which)
        {
            inputs++;
            if (limit.Check(() => target.Read(input)) is { } fault)
            {
                var bytes = Convert.ToBase64String(input.AsSpan(0, Math.Min(input.Length, MostShown)));
                Assert.Fail($"{name}, {which}: {fault}\n{input.Length} bytes: {bytes}");
            }
        }
    }
}
