namespace Observability.Forwarder.Lines;

/// <summary>How the places of one tick of a clock are dealt out.</summary>
/// <param name="Partitions">How many partitions take turns: a power of two.</param>
/// <param name="Slots">The places of each of them.</param>
/// <param name="Run">The places of a record.</param>
/// <param name="Records">How many records have places of their own.</param>
internal readonly record struct TickLayout(int Partitions, long Slots, int Run, long Records);
