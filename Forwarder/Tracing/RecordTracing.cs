using System.Diagnostics;
using Confluent.Kafka;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.Forwarder.Tracing;

/// <summary>
/// Continues the traces of records whose senders have sampled them, and begins none. Where nobody listens it costs a look at a field.
/// Belongs to the consuming thread.
/// </summary>
/// <param name="options">The settings.</param>
/// <param name="time">The clock.</param>
internal sealed class RecordTracing(ForwarderOptions options, TimeProvider time)
{
    /// <summary>The name of the spans' source.</summary>
    public const string SourceName = "Observability.Forwarder";

    /// <summary>The name of the span in which a record's lines wait for others to share a push.</summary>
    public const string Batch = "batch";

    /// <summary>The name of the span of a push.</summary>
    public const string Push = "push";

    private const string Process = "process";

    private long _second;
    private int _begun;

    /// <summary>The spans' source.</summary>
    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>Continues the trace that a record's headers tell.</summary>
    /// <param name="headers">The headers.</param>
    /// <param name="record">Where the record stands.</param>
    /// <param name="bytes">Bytes of the record's value.</param>
    /// <returns>The record's span; <see langword="null"/> for none.</returns>
    public RecordTrace? Begin(IReadOnlyList<KeyValuePair<string, byte[]?>> headers, TopicPartitionOffset record, int bytes) =>
        Source.HasListeners() && TraceHeaders.TryReadSampled(headers, out var parent) && MayBegin() ? Begin(parent, record, bytes) : null;

    /// <summary>Whether the trace of one more record may be continued now. One that may is counted.</summary>
    public bool MayBegin()
    {
        if (!Source.HasListeners() || options.MaxTracesPerSecond == 0)
            return false;

        var now = time.GetTimestamp();
        if (_begun == 0 || time.GetElapsedTime(_second, now) >= TimeSpan.FromSeconds(1))
            (_second, _begun) = (now, 0);
        if (_begun >= options.MaxTracesPerSecond)
            return false;
        _begun++;
        return true;
    }

    /// <summary>Continues a trace.</summary>
    /// <param name="parent">The span that sent the record.</param>
    /// <param name="record">Where the record stands.</param>
    /// <param name="bytes">Bytes of the record's value.</param>
    /// <returns>The record's span; <see langword="null"/> when the sampler wants none.</returns>
    public RecordTrace? Begin(ActivityContext parent, TopicPartitionOffset record, int bytes)
    {
        if (Source.StartApart($"{Process} {record.Topic}", ActivityKind.Consumer, parent) is not { } span)
            return null;

        span.SetTag(MessagingAttributes.System, MessagingAttributes.Kafka)
            .SetTag(MessagingAttributes.OperationName, Process)
            .SetTag(MessagingAttributes.OperationType, Process)
            .SetTag(MessagingAttributes.Destination, record.Topic)
            .SetTag(MessagingAttributes.Partition, record.Partition.Value.ToString(null as IFormatProvider))
            .SetTag(MessagingAttributes.Offset, record.Offset.Value)
            .SetTag(MessagingAttributes.Group, options.GroupId)
            .SetTag(MessagingAttributes.BodySize, bytes);
        return new RecordTrace(span);
    }
}
