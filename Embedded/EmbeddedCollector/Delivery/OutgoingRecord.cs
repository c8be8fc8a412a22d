namespace Observability.Embedded.EmbeddedCollector.Delivery;

/// <summary>A record as it goes to Kafka.</summary>
/// <param name="Key">The hash of the resource's attributes.</param>
/// <param name="Value">An <c>ExportLogsServiceRequest</c> of one resource.</param>
/// <param name="Lines">The log records in it.</param>
/// <param name="IsTraced">Whether one of those belongs to the trace of its request.</param>
internal readonly record struct OutgoingRecord(byte[] Key, byte[] Value, int Lines, bool IsTraced);
