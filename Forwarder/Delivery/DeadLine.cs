namespace Observability.Forwarder.Delivery;

/// <summary>A refused line in a dead letter.</summary>
/// <param name="Index">Its place in the record, from 0.</param>
/// <param name="Timestamp">Its time: Unix time in nanoseconds.</param>
/// <param name="Reason">Why, as a metric's label value.</param>
/// <param name="Words">Why, in Loki's words.</param>
/// <param name="Start">Where its text starts among those of its letter.</param>
/// <param name="Length">Bytes of its text.</param>
internal readonly record struct DeadLine(int Index, long Timestamp, string Reason, string Words, int Start, int Length);
