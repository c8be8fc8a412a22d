using System.Diagnostics;
using System.Globalization;
using Observability.Forwarder.Tests.Delivery;

namespace Observability.Forwarder.Tests.Simulation;

/// <summary>
/// The promise in thousands of histories. <c>SIMULATION_SEEDS=100000</c> runs more of them; a failing seed is in the message, with its
/// history and the line that shows it again.
/// </summary>
public sealed class SimulationTests
{
    private static readonly int Seeds =
        int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEEDS"), CultureInfo.InvariantCulture, out var seeds) ? seeds : 1000;

    public static TheoryData<int> Kinds => [.. Enum.GetValues<Faults>().Select(faults => (int)faults)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_promise_holds_in_every_history(int faults)
    {
        var watch = Stopwatch.StartNew();
        var seeds = (Faults)faults == Faults.All ? Seeds : Seeds / 5;
        // Each history has a thread, and each thread its metrics.
        Parallel.For(
            1,
            seeds + 1,
            () => new TestMeters(),
            (seed, loop, meters) =>
            {
                using var simulation = new Simulation((ulong)seed, (Faults)faults, meters);
                simulation.Run();
                return meters;
            },
            meters => meters.Dispose());

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{(Faults)faults}: {seeds} histories, {seeds / watch.Elapsed.TotalSeconds:0} a second");
    }

    /// <summary>Without that a failing seed could not be looked at.</summary>
    [Fact]
    public void A_seed_makes_the_same_history_again()
    {
        using var first = new Simulation(7, Faults.All, isRecording: true);
        using var second = new Simulation(7, Faults.All, isRecording: true);

        first.Run();
        second.Run();

        Assert.NotEmpty(first.History);
        Assert.Equal(first.History, second.History);
    }
}
