namespace Observability.Benchmarks.Throughput;

/// <summary>What one process measured.</summary>
/// <param name="Lines">Lines consumed or forwarded.</param>
/// <param name="Seconds">Wall time between the first and the last.</param>
/// <param name="CpuSeconds">CPU time of the whole process in that time, librdkafka's threads included.</param>
/// <param name="AllocatedBytes">Managed bytes allocated in that time, on all threads.</param>
/// <param name="PeakResidentBytes">The process's largest resident memory (VmHWM).</param>
internal sealed record RunResult(long Lines, double Seconds, double CpuSeconds, long AllocatedBytes, long PeakResidentBytes)
{
    public double LinesPerSecond => Lines / Seconds;

    public double MicrosecondsOfCpu => CpuSeconds / Lines * 1e6;
}
