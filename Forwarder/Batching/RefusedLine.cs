namespace Observability.Forwarder.Batching;

/// <summary>A line that Loki will never take.</summary>
/// <param name="Line">The line, as a place in its batch's entries.</param>
/// <param name="Reason">Why, as a metric's label value.</param>
/// <param name="Words">Why, in Loki's words about this line.</param>
internal readonly record struct RefusedLine(int Line, string Reason, string Words);
