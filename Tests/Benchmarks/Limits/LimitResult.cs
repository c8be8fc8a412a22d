namespace Observability.Benchmarks.Limits;

/// <summary>What an input did.</summary>
/// <param name="Answer">What the program answered.</param>
/// <param name="Bytes">Resident memory at its most, beyond what the program had before.</param>
/// <param name="CpuSeconds">Time of a processor.</param>
internal sealed record LimitResult(string Answer, long Bytes, double CpuSeconds);
