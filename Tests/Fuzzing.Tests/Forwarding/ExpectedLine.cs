namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>A line that a record holds, and that must be stored or a dead letter.</summary>
/// <param name="Origin">Its record.</param>
/// <param name="Index">Its place in the record, from 0.</param>
/// <param name="Key">The line and its time.</param>
/// <param name="Entry">A hash of labels and structured metadata as well: what a store merges when it comes twice.</param>
internal readonly record struct ExpectedLine(RecordOrigin Origin, int Index, LineKey Key, UInt128 Entry);
