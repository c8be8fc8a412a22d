using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder;

/// <summary>
/// Turns a message of the consumer into lines, or into a dead letter where it holds none. Belongs to the consuming thread.
/// </summary>
internal sealed partial class RecordIntake(
    IRecordConsumer consumer,
    LineBuilder lines,
    DeadLetterQueue deadLetters,
    int maxRecordBytes,
    RecordTracing tracing,
    ILogger<RecordIntake> logger)
{
    private readonly RecordDecoder _decoder = new();

    /// <summary>Takes a record of a partition that is held.</summary>
    /// <param name="index">The record's place in the read.</param>
    /// <param name="message">The record.</param>
    /// <param name="partition">The record's partition.</param>
    /// <param name="giveUp">Gives up the writing of a dead letter.</param>
    public unsafe void Take(int index, ref readonly NativeMessage message, PartitionState partition, CancellationToken giveUp)
    {
        var headers = consumer.Headers(index);
        var origin = headers is null ? null : Origin(headers);
        // Without an origin the header is not of a replay.
        var wanted = origin is null ? null : Header(headers!, DeadLetterHeaders.WantedLines);
        var record = new KafkaRecord
        {
            Partition = partition,
            Offset = message.Offset,
            Number = partition.Offsets.Begin(message.Offset),
            OriginPartition = origin?.Partition ?? message.Partition,
            OriginOffset = origin?.Offset ?? message.Offset,
            Trace = headers is null ? null : TraceOf(headers, partition, in message),
            Wanted = wanted is null ? null : LineSet.Parse(wanted),
            TimestampMilliseconds = Math.Max(0, consumer.Timestamp(index)),
            Value = message.Payload,
            ValueLength = (int)message.PayloadLength,
            Key = message.Key,
            KeyLength = (int)message.KeyLength,
            Headers = headers,
            HeaderBytes = KafkaRecord.SizeOf(headers),
        };

        partition.Topic.AddRecord(record.ValueLength);
        if (record.ValueLength == 0)
        {
            // Nothing that Loki could hold: a tombstone, say.
            record.Trace?.BecomesDeadLetter("empty");
            deadLetters.Add(in record, "empty", "The record has no value.", giveUp);
            return;
        }

        if (record.ValueLength > maxRecordBytes)
        {
            // A dead letter could not carry it. So it gets its last form before any of its lines waits in a batch.
            var lastForm = record with { Value = null, ValueLength = 0, Key = null, KeyLength = 0, Headers = null };
            var text = $"The record has {record.ValueLength} bytes, and Forwarder:MaxRecordBytes is {maxRecordBytes}.";
            record.Trace?.BecomesDeadLetter("record_too_large");
            deadLetters.Add(in lastForm, "record_too_large", text, giveUp);
            return;
        }

        lines.BeginRecord(in record);
        try
        {
            if (!_decoder.Decode(partition.Format, record.ValueSpan, new LineSink(lines)))
                partition.Topic.AddUndecodable();
            lines.Trace?.Decoded();
            partition.Offsets.Complete(record.Number);
        }
#pragma warning disable CA1031 // A decoder that fails on some record would fail on it again after every restart, for ever.
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            partition.Topic.AddUndecodable();
            LogDecoderFailed(exception, partition.Partition.ToString(), message.Offset);
            lines.Trace?.BecomesDeadLetter("undecodable");
            deadLetters.Add(in record, "undecodable", exception.Message, giveUp);
        }
    }

    /// <summary>Takes a batch that could not be read: all of its offsets are done when its dead letter is written.</summary>
    /// <param name="partition">The batch's partition.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="next">The first offset behind it.</param>
    /// <param name="giveUp">Gives up the writing of the dead letter.</param>
    public void TakeUnreadable(PartitionState partition, UnreadableBatch batch, long next, CancellationToken giveUp)
    {
        var record = new KafkaRecord
        {
            Partition = partition,
            Offset = batch.Offset,
            Number = partition.Offsets.Begin(next - 1),
            OriginPartition = partition.Partition.Partition.Value,
            OriginOffset = batch.Offset,
        };
        var text = $"The records at offsets {batch.Offset} to {next - 1} could not be read: {batch.Words}";
        deadLetters.Add(in record, "unreadable", text, giveUp);
    }

    private RecordTrace? TraceOf(
        IReadOnlyList<KeyValuePair<string, byte[]?>> headers, PartitionState partition, ref readonly NativeMessage message) =>
        tracing.Begin(headers, new TopicPartitionOffset(partition.Partition, message.Offset), (int)message.PayloadLength);

    private static (int Partition, long Offset)? Origin(IReadOnlyList<KeyValuePair<string, byte[]?>> headers) =>
        Header(headers, DeadLetterHeaders.Origin)?.Split('/') is { Length: 3 } parts
        && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var partition)
        && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var offset)
            ? (partition, offset) : null;

    private static string? Header(IReadOnlyList<KeyValuePair<string, byte[]?>> headers, string wanted)
    {
        foreach (var (name, value) in headers)
        {
            if (name == wanted && value is not null)
                return Encoding.UTF8.GetString(value);
        }

        return null;
    }

    [LoggerMessage(LogLevel.Error, "The record at {Partition} offset {Offset} could not be decoded and becomes a dead letter")]
    private partial void LogDecoderFailed(Exception exception, string partition, long offset);
}
