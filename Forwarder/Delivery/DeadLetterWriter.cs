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

/// <summary>
/// Writes the records of refused lines to the dead-letter topic. It returns when the broker has them, and tries for ever, unless
/// the producer is beyond help. A record that the topic does not take for its size becomes smaller letters, the smallest of which
/// always fits: no partition waits for ever for a letter.
/// </summary>
internal sealed partial class DeadLetterWriter(
    IProducer<byte[], byte[]> producer,
    ForwarderMetrics metrics,
    IOptions<ForwarderOptions> options,
    TimeProvider time,
    ILogger<DeadLetterWriter> logger)
{
    // It goes with every record.
    private const int MaxText = 1024;

    // The lines of a letter, as text. What does not fit in there is written line by line.
    private const int MaxLines = 64 * 1024;

    // Letters under way at once, for one batch.
    private const int AtOnce = 1000;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RecordLogInterval = TimeSpan.FromMinutes(1);

    private readonly string _topic = options.Value.DeadLetterTopic;
    private int _waiting;
    private long _lastLogged;
    private int _records;
    private long _lastRecord;

    /// <summary>Writes the records of some lines of a batch, each record once.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="refused">The lines and why.</param>
    /// <param name="cancellationToken">Gives up, by exception.</param>
    public async Task WriteAsync(Batch batch, IReadOnlyCollection<RefusedLine> refused, CancellationToken cancellationToken)
    {
        var records = refused.GroupBy(line => batch.Entries[line.Line].Record).ToList();
        LogDeadLetters(refused.Count, records.Count, string.Join(", ", refused.Select(line => line.Reason).Distinct()),
            Shorten(refused.First().Words));
        foreach (var reason in refused.CountBy(line => line.Reason))
            metrics.Rejected(reason.Key, reason.Value);
        foreach (var some in records.Chunk(AtOnce))
        {
            List<Task> writes = [];
            foreach (var record in some)
            {
                var lines = record.OrderBy(line => batch.Entries[line.Line].Index).ToList();
                batch.Records[record.Key].DeadLines += lines.Count;
                foreach (var reason in lines.CountBy(line => line.Reason))
                    metrics.DeadLettered(batch.Records[record.Key].Partition.Topic.Name, reason.Key, reason.Value);
                writes.Add(WriteAsync(batch, record.Key, lines, cancellationToken));
            }

            await Task.WhenAll(writes);
        }
    }

    /// <summary>Writes one record that never got as far as a line.</summary>
    public Task WriteAsync(in KafkaRecord record, string reason, string text, CancellationToken cancellationToken)
    {
        var topic = record.Partition.Topic.Name;
        metrics.DeadLettered(topic, reason, 1);
        var origin = (topic, record.OriginPartition, record.OriginOffset);
        // What is too large, or could not be read, comes without its value; only a tombstone has none of its own.
        var form = record.HasValue || reason == "empty" ? null : DeadLetterHeaders.OriginForm;
        var message = CreateMessage(record.TimestampMilliseconds, origin, record.Headers, lines: null, reason, text, form);
        message.Key = record.HasKey ? record.KeySpan.ToArray() : null!;
        message.Value = record.HasValue ? record.ValueSpan.ToArray() : null!;
        return WriteWholeAsync(message, CreateMessage(record.TimestampMilliseconds, origin, null, null, reason, text,
            DeadLetterHeaders.OriginForm), reason, text, cancellationToken);
    }

    private async Task WriteWholeAsync(Message<byte[], byte[]> whole, Message<byte[], byte[]> last, string reason, string text,
        CancellationToken cancellationToken)
    {
        LogDeadRecord(reason, Shorten(text));
        if (!await TryWriteAsync(whole, cancellationToken))
            await TryWriteAsync(last, cancellationToken);
    }

    private async Task WriteAsync(Batch batch, int recordIndex, List<RefusedLine> lines, CancellationToken cancellationToken)
    {
        var record = batch.Records[recordIndex];
        var origin = (record.Partition.Topic.Name, record.OriginPartition, record.OriginOffset);
        var text = LineSet.Format(lines.ConvertAll(line => batch.Entries[line.Line].Index));
        if (text.Length <= MaxLines)
        {
            var whole = CreateMessage(record.TimestampMilliseconds, origin, record.Headers, text, lines[0].Reason, lines[0].Words);
            whole.Key = batch.KeyOf(recordIndex)!;
            whole.Value = batch.ValueOf(recordIndex);
            if (await TryWriteAsync(whole, cancellationToken))
                return;
        }

        foreach (var some in lines.Chunk(AtOnce))
            await Task.WhenAll(some.Select(line => WriteLineAsync(batch, origin, line, cancellationToken)));
    }

    private async Task WriteLineAsync(Batch batch, (string Topic, int Partition, long Offset) origin, RefusedLine line,
        CancellationToken cancellationToken)
    {
        var entry = batch.Entries[line.Line];
        var milliseconds = Math.Max(0, entry.Timestamp / 1_000_000);
        var index = entry.Index.ToString(CultureInfo.InvariantCulture);
        var alone = CreateMessage(milliseconds, origin, null, index, line.Reason, line.Words, DeadLetterHeaders.LineForm);
        alone.Value = EntryReader.Line(batch.Bytes(entry)).ToArray();
        if (!await TryWriteAsync(alone, cancellationToken))
        {
            var last = CreateMessage(milliseconds, origin, null, index, line.Reason, line.Words, DeadLetterHeaders.OriginForm);
            await TryWriteAsync(last, cancellationToken);
        }
    }

    private Message<byte[], byte[]> CreateMessage(
        long milliseconds,
        (string Topic, int Partition, long Offset) origin,
        IReadOnlyList<KeyValuePair<string, byte[]?>>? original,
        string? lines,
        string reason,
        string text,
        string? form = null)
    {
        var headers = new Headers();
        foreach (var (name, value) in original ?? [])
        {
            if (!name.StartsWith(DeadLetterHeaders.Prefix, StringComparison.Ordinal)
                && !name.StartsWith(DeadLetterHeaders.ReplayPrefix, StringComparison.Ordinal))
                headers.Add(name, value);
        }

        Add(DeadLetterHeaders.Topic, origin.Topic);
        Add(DeadLetterHeaders.Partition, origin.Partition.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.Offset, origin.Offset.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.Reason, reason);
        headers.Add(DeadLetterHeaders.Message, Utf8Text.Truncate(Encoding.UTF8.GetBytes(text), MaxText).ToArray());
        Add(DeadLetterHeaders.Time, time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        if (lines is not null)
            Add(DeadLetterHeaders.Lines, lines);
        if (form is not null)
            Add(DeadLetterHeaders.Form, form);
        return new Message<byte[], byte[]>
        {
            Key = null!,
            Value = null!,
            Timestamp = new Timestamp(milliseconds, TimestampType.CreateTime),
            Headers = headers
        };

        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
    }

    // False when the letter is too large for the topic, or for this client.
    private async Task<bool> TryWriteAsync(Message<byte[], byte[]> message, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                try
                {
                    await producer.ProduceAsync(_topic, message, cancellationToken);
                    return true;
                }
                catch (KafkaException exception) when (exception.Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize
                    or ErrorCode.RecordListTooLarge)
                {
                    return false;
                }
                catch (KafkaException exception) when (!exception.Error.IsFatal)
                {
                    LogWaiting(exception.Error.Reason);
                    await Task.Delay(RetryPause, time, cancellationToken);
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    // Once for all that wait, not once a letter: what is logged comes back as lines.
    private void LogWaiting(string error)
    {
        var (now, last) = (time.GetTimestamp(), Interlocked.Read(ref _lastLogged));
        if ((last == 0 || time.GetElapsedTime(last, now) >= RetryPause) && Interlocked.CompareExchange(ref _lastLogged, now, last) == last)
            LogWriteFailed(Volatile.Read(ref _waiting), _topic, error);
    }

    private void LogDeadRecord(string reason, string text)
    {
        // A topic full of tombstones says so once a minute.
        var (now, last) = (time.GetTimestamp(), Interlocked.Read(ref _lastRecord));
        Interlocked.Increment(ref _records);
        if ((last == 0 || time.GetElapsedTime(last, now) >= RecordLogInterval)
            && Interlocked.CompareExchange(ref _lastRecord, now, last) == last)
            LogDeadRecords(Interlocked.Exchange(ref _records, 0), reason, text);
    }

    private static string Shorten(string text) => text.Length > 500 ? text[..500] + " …" : text;
}
