using Observability.Forwarder.Batching;

namespace Observability.Forwarder.Streams;

/// <summary>A Loki stream: one set of labels.</summary>
/// <param name="labels">The set as Loki's push API wants it, <c>{a="b", c="d"}</c>, in UTF-8.</param>
internal sealed class LogStream(byte[] labels)
{
    /// <summary>The label set as text in UTF-8.</summary>
    public byte[] Labels { get; } = labels;

    /// <summary>The open batch that a line last went into, and this stream's place in it: saves a look-up for most lines.</summary>
    public Batch? OpenBatch { get; set; }

    /// <inheritdoc cref="OpenBatch"/>
    public int OpenBatchIndex { get; set; }

    /// <summary>When a line last went into it, in <see cref="TimeProvider.GetTimestamp"/> ticks.</summary>
    public long LastUsed { get; set; }
}
