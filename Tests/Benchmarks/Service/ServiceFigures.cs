namespace Observability.Benchmarks.Service;

/// <summary>What was measured of a program.</summary>
/// <param name="LinesPerSecond">From the assignment of the partitions, which the first fetch follows, to the last stored line.</param>
/// <param name="MicrosecondsOfCpu">CPU time a line within that window.</param>
/// <param name="PeakBytes">The largest resident memory since the start.</param>
/// <param name="FirstLineSeconds">From the start of the program to the first stored line.</param>
internal sealed record ServiceFigures(double LinesPerSecond, double MicrosecondsOfCpu, double PeakBytes, double FirstLineSeconds)
{
    /// <summary>Each figure's median.</summary>
    public static ServiceFigures Median(IReadOnlyList<ServiceFigures> runs)
    {
        return new(
            Of(run => run.LinesPerSecond),
            Of(run => run.MicrosecondsOfCpu),
            Of(run => run.PeakBytes),
            Of(run => run.FirstLineSeconds));

        double Of(Func<ServiceFigures, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);
    }
}
