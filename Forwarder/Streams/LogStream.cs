namespace Observability.Forwarder.Streams;

/// <summary>A Loki stream: one set of labels.</summary>
/// <param name="number">A small number that no other live stream has, for tables of streams.</param>
/// <param name="labels">The set as Loki's push API wants it, <c>{a="b", c="d"}</c>, in UTF-8.</param>
/// <param name="overflow">The overflow stream; <see langword="null"/> for that stream itself.</param>
/// <param name="labelsAsMetadata">The labels as structured metadata, for a line that goes to the overflow stream instead.</param>
internal sealed class LogStream(int number, byte[] labels, LogStream? overflow = null, byte[]? labelsAsMetadata = null)
{
    /// <summary>A small number that no other live stream has; it is used again once the stream is idle and forgotten.</summary>
    public int Number { get; } = number;

    /// <summary>The label set as text in UTF-8.</summary>
    public byte[] Labels { get; } = labels;

    /// <summary>Where its lines go while Loki has no room for this stream; <see langword="null"/> for the overflow stream itself.</summary>
    public LogStream? Overflow { get; } = overflow;

    /// <summary>The labels as structured metadata (<c>overflow_service</c>, …), encoded as fields of an entry
    /// (<see cref="Wire.EntryEncoding.WriteMetadata"/>).</summary>
    public byte[] LabelsAsMetadata { get; } = labelsAsMetadata ?? [];

    /// <summary>When a line last went into it, in <see cref="TimeProvider.GetTimestamp"/> ticks.</summary>
    public long LastUsed { get; set; }
}
