using Observability.Forwarder.Kafka;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Lines;

/// <summary>Takes finished lines. The spans are consumed before the call returns.</summary>
internal interface ILineWriter
{
    /// <summary>Takes a line.</summary>
    /// <param name="record">The record that it comes from.</param>
    /// <param name="index">The line's place within that record, from 0.</param>
    /// <param name="tenant">The tenant in UTF-8; empty for the configured one.</param>
    /// <param name="stream">The line's stream.</param>
    /// <param name="timestamp">Unix time in nanoseconds.</param>
    /// <param name="line">The line in UTF-8.</param>
    /// <param name="metadata">Structured metadata, encoded by <see cref="EntryEncoding.WriteMetadata"/>.</param>
    void Write(
        in KafkaRecord record,
        int index,
        ReadOnlySpan<byte> tenant,
        LogStream stream,
        long timestamp,
        ReadOnlySpan<byte> line,
        ReadOnlySpan<byte> metadata);
}
