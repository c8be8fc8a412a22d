using System.Diagnostics;

namespace Observability.LogGenerator.Lines;

/// <summary>What a line is made from.</summary>
/// <param name="Timestamp">The time that the line states, in UTC.</param>
/// <param name="Random">Where everything else comes from.</param>
/// <param name="Sequence">The line's place in the run, from 1.</param>
/// <param name="Trace">The beginning of the line's trace; <see langword="null"/> for none, the usual case.</param>
internal readonly record struct LineContext(DateTime Timestamp, LineRandom Random, long Sequence, Activity? Trace = null);
