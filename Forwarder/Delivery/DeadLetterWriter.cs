using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Delivery;

/// <summary>Writes the records of refused lines to the dead-letter topic. It returns when the broker has them, and tries for ever, unless the producer is beyond help.</summary>
internal sealed partial class DeadLetterWriter(
    IProducer<byte[], byte[]> producer,
    ForwarderMetrics metrics,
    IOptions<ForwarderOptions> options,
    TimeProvider time,
    ILogger<DeadLetterWriter> logger)
{
    // It goes with every record, and one answer can refuse ten thousand.
    private const int MaxText = 1024;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly string _topic = options.Value.DeadLetterTopic;

    /// <summary>Writes the records of some lines of a batch, each record once.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="refused">The lines and why.</param>
    /// <param name="cancellationToken">Gives up, by exception.</param>
    public async Task WriteAsync(Batch batch, IReadOnlyCollection<RefusedLine> refused, CancellationToken cancellationToken)
    {
        List<Task> writes = [];
        foreach (var group in refused.GroupBy(line => batch.Entries[line.Line].Record))
        {
            var lines = group.OrderBy(line => batch.Entries[line.Line].Index).ToList();
            var message = CreateMessage(batch, group.Key, lines);
            batch.Records[group.Key].DeadLines += lines.Count;
            foreach (var reason in lines.CountBy(line => line.Reason))
                metrics.DeadLettered(batch.Records[group.Key].Partition.Topic.Name, reason.Key, reason.Value);
            writes.Add(WriteAsync(message, cancellationToken));
        }

        var first = refused.First();
        foreach (var reason in refused.CountBy(line => line.Reason))
            metrics.Rejected(reason.Key, reason.Value);
        LogDeadLetters(refused.Count, writes.Count, string.Join(", ", refused.Select(line => line.Reason).Distinct()), first.Words);
        await Task.WhenAll(writes).ConfigureAwait(false);
    }

    /// <summary>Writes one record that never got as far as a line.</summary>
    public Task WriteAsync(in KafkaRecord record, string reason, string text, CancellationToken cancellationToken)
    {
        var topic = record.Partition.Topic.Name;
        metrics.DeadLettered(topic, reason, 1);
        var message = new Message<byte[], byte[]>
        {
            Key = record.HasKey ? record.KeySpan.ToArray() : null!,
            Value = record.ValueSpan.ToArray(),
            Timestamp = new Timestamp(record.TimestampMilliseconds, TimestampType.CreateTime),
            Headers = CreateHeaders(topic, record.Partition.Partition.Partition.Value, record.Offset, record.Headers, [0], reason, text),
        };
        LogDeadLetters(1, 1, reason, text);
        return WriteAsync(message, cancellationToken);
    }

    private Message<byte[], byte[]> CreateMessage(Batch batch, int recordIndex, List<RefusedLine> lines)
    {
        ref var record = ref batch.Records[recordIndex];
        return new Message<byte[], byte[]>
        {
            Key = batch.KeyOf(recordIndex)!,
            Value = batch.ValueOf(recordIndex),
            Timestamp = new Timestamp(record.TimestampMilliseconds, TimestampType.CreateTime),
            Headers = CreateHeaders(
                record.Partition.Topic.Name,
                record.Partition.Partition.Partition.Value,
                record.Offset,
                record.Headers,
                lines.ConvertAll(line => batch.Entries[line.Line].Index),
                lines[0].Reason,
                lines[0].Words),
        };
    }

    private Headers CreateHeaders(
        string topic, int partition, long offset, IReadOnlyList<KeyValuePair<string, byte[]?>>? original, List<int> lines, string reason, string text)
    {
        var headers = new Headers();
        foreach (var (name, value) in original ?? [])
            headers.Add(name, value);
        Add(DeadLetterHeaders.Topic, topic);
        Add(DeadLetterHeaders.Partition, partition.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.Offset, offset.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.Reason, reason);
        headers.Add(DeadLetterHeaders.Message, Utf8Text.Truncate(Encoding.UTF8.GetBytes(text), MaxText).ToArray());
        Add(DeadLetterHeaders.Time, time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.Lines, string.Join(',', lines));
        return headers;

        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
    }

    private async Task WriteAsync(Message<byte[], byte[]> message, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await producer.ProduceAsync(_topic, message, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (KafkaException exception) when (!exception.Error.IsFatal)
            {
                LogWriteFailed(_topic, exception.Error.Reason);
                await Task.Delay(RetryPause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
