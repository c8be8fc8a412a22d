using System.Diagnostics;

namespace Observability.LogGenerator.Lines;

/// <summary>A line within a <see cref="LineBatch"/>.</summary>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Timestamp">The time that it states, in UTC.</param>
/// <param name="Info">What else is known of it.</param>
/// <param name="Trace">The beginning of its trace; <see langword="null"/> for none, the usual case.</param>
internal readonly record struct BatchedLine(int Offset, int Length, DateTime Timestamp, LineInfo Info, Activity? Trace);
