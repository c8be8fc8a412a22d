namespace Observability.Forwarder.Lines;

/// <summary>Where a value stands in the memory of a line's values.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its length in bytes; 0 for no value.</param>
internal readonly record struct Place(int Start, int Length);
