using System.Diagnostics;

namespace Observability.Benchmarks.Throughput;

/// <summary>Measures this process from the first line to the last.</summary>
internal sealed class Measurement
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _cpu = Cpu();
    private readonly long _allocated = GC.GetTotalAllocatedBytes();

    public RunResult Finish(long lines) => new(
        lines,
        Stopwatch.GetElapsedTime(_start).TotalSeconds,
        (Cpu() - _cpu).TotalSeconds,
        GC.GetTotalAllocatedBytes() - _allocated,
        PeakResidentBytes());

    /// <summary>Keeps this process to one core.</summary>
    public static void Pin(int core)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
            Process.GetCurrentProcess().ProcessorAffinity = 1 << core;
    }

    private static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;

    private static long PeakResidentBytes() => OperatingSystem.IsLinux()
        ? new ProcessFigures(Environment.ProcessId).PeakBytes
        : Process.GetCurrentProcess().PeakWorkingSet64;
}
