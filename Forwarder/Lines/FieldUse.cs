namespace Observability.Forwarder.Lines;

/// <summary>One thing that a field is wanted for.</summary>
/// <param name="Target">The place that it fills: see <see cref="LineBuilder"/>.</param>
/// <param name="Rank">Its place among the target's sources, from 0: the lowest that a line carries wins.</param>
internal readonly record struct FieldUse(int Target, int Rank);
