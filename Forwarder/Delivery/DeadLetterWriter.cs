using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Writes the records of refused lines to the dead-letter topic. It returns when the broker has them, and tries for ever, unless the
/// producer is beyond help or the record's partition is gone. A record that the topic does not take for its size becomes smaller letters,
/// the smallest of which always fits: no partition waits for ever for a letter.
/// </summary>
internal sealed partial class DeadLetterWriter(
    IProducer<byte[], byte[]> producer,
    IOptions<ForwarderOptions> options,
    TimeProvider time,
    ILogger<DeadLetterWriter> logger)
{
    // It goes with every record.
    private const int MaxText = 1024;

    // Characters that name the lines of a letter, or as many as the record has bytes. What does not fit in there is written line by line.
    private const int MaxLines = 64 * 1024;

    // Letters under way at once that stand for one whose record is too large.
    private const int AtOnce = 1000;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RecordLogInterval = TimeSpan.FromMinutes(1);

    private readonly string _topic = options.Value.DeadLetterTopic;
    private int _waiting;
    private long _lastLogged;
    private int _records;
    private long _lastRecord;

    /// <summary>Writes a letter, or the smaller ones that its topic takes in its place.</summary>
    /// <param name="letter">The letter.</param>
    /// <param name="cancellationToken">Gives up, by exception.</param>
    public async Task WriteAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        if (letter.Lines.Count == 0)
        {
            LogDeadRecord(letter.Reason, Excerpt.Of(letter.Words));
            // What is too large, or could not be read, comes without its value; only a tombstone has none of its own.
            var form = letter.Value is not null || letter.Reason == "empty" ? null : DeadLetterHeaders.OriginForm;
            if (!await TryWriteAsync(letter, CreateWhole(letter, lines: null, form), cancellationToken))
                await TryWriteAsync(letter, CreateOrigin(letter), cancellationToken);
            return;
        }

        var lines = LineSet.Format(letter.Lines.ConvertAll(line => line.Index));
        // A letter is at most twice its record.
        if (lines.Length <= Math.Max(MaxLines, letter.Value?.Length ?? 0)
            && await TryWriteAsync(letter, CreateWhole(letter, lines, form: null), cancellationToken))
            return;

        foreach (var some in letter.Lines.Chunk(AtOnce))
            await Task.WhenAll(some.Select(line => WriteLineAsync(letter, line, cancellationToken)));
    }

    private async Task WriteLineAsync(DeadLetter letter, DeadLine line, CancellationToken cancellationToken)
    {
        if (!await TryWriteAsync(letter, CreateLine(letter, line, DeadLetterHeaders.LineForm), cancellationToken))
            await TryWriteAsync(letter, CreateLine(letter, line, DeadLetterHeaders.OriginForm), cancellationToken);
    }

    private Message<byte[], byte[]> CreateWhole(DeadLetter letter, string? lines, string? form)
    {
        var message = CreateMessage(letter, letter.TimestampMilliseconds, letter.Headers, lines, letter.Reason, letter.Words, form);
        (message.Key, message.Value) = (letter.Key!, letter.Value!);
        return message;
    }

    private Message<byte[], byte[]> CreateOrigin(DeadLetter letter) => CreateMessage(
        letter, letter.TimestampMilliseconds, original: null, lines: null, letter.Reason, letter.Words, DeadLetterHeaders.OriginForm);

    private Message<byte[], byte[]> CreateLine(DeadLetter letter, in DeadLine line, string form)
    {
        var index = line.Index.ToString(CultureInfo.InvariantCulture);
        var message = CreateMessage(letter, Math.Max(0, line.Timestamp / 1_000_000), null, index, line.Reason, line.Words, form);
        if (form == DeadLetterHeaders.LineForm)
            message.Value = letter.TextOf(line).ToArray();
        return message;
    }

    private Message<byte[], byte[]> CreateMessage(
        DeadLetter letter,
        long milliseconds,
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

        Add(DeadLetterHeaders.Topic, letter.Partition.Topic.Name);
        Add(DeadLetterHeaders.Partition, letter.Origin.Partition.ToString(CultureInfo.InvariantCulture));
        Add(DeadLetterHeaders.Offset, letter.Origin.Offset.ToString(CultureInfo.InvariantCulture));
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
    private async Task<bool> TryWriteAsync(DeadLetter letter, Message<byte[], byte[]> message, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            // What is revoked comes again to whoever has it then, who makes a letter of it.
            while (!letter.Partition.IsRevoked)
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

            return true;
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
}
