using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Metrics;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Dead letters from the refusal of a record's first line to the word of the broker that it has the letter. A record makes one letter,
/// whatever the number of batches that its lines were in: the letter is written when the last of them has come back. Neither a sender nor
/// a batch waits for it. What is under way counts for its own partition (<see cref="PartitionState.SetAsideBytes"/>), and not for the
/// budget of all. Belongs to the consuming thread.
/// </summary>
/// <param name="writer">Writes the letters.</param>
/// <param name="metrics">Counts the lines.</param>
/// <param name="wakeUp">Is set for every letter that is written.</param>
/// <param name="fatal">Is told when the producer is beyond help.</param>
/// <param name="logger">Is told once a batch.</param>
internal sealed partial class DeadLetterQueue(
    DeadLetterWriter writer, ForwarderMetrics metrics, IWakeUp wakeUp, FatalError fatal, ILogger<DeadLetterQueue> logger)
{
    // A record may have millions of lines. One with more refused lines than this makes another letter, so that memory is bounded.
    private const int MaxLines = 100_000;

    private readonly Dictionary<(PartitionState Partition, long Number), DeadLetter> _open = [];
    private readonly ConcurrentQueue<DeadLetter> _written = new();

    /// <summary>Takes the refused lines of a batch that came back, before its records are completed.</summary>
    /// <param name="batch">The batch.</param>
    public void Add(Batch batch)
    {
        if (batch.Refused.Count == 0)
            return;

        var reasons = batch.Refused.CountBy(line => line.Reason).ToList();
        foreach (var (reason, lines) in reasons)
            metrics.Rejected(reason, lines);
        HashSet<DeadLetter> letters = [];
        foreach (ref readonly var line in CollectionsMarshal.AsSpan(batch.Refused))
        {
            var letter = Open(batch, batch.Entries[line.Line].Record);
            var before = letter.Bytes;
            letter.Add(batch, line);
            letter.Partition.SetAsideBytes += letter.Bytes - before;
            metrics.DeadLettered(letter.Partition.Topic.Name, line.Reason, 1);
            letters.Add(letter);
        }

        LogDeadLetters(
            batch.Refused.Count,
            letters.Count,
            string.Join(", ", reasons.Select(reason => reason.Key)),
            Excerpt.Of(batch.Refused[0].Words));
    }

    /// <summary>Takes a record that never got as far as a line. It is completed when the letter is written.</summary>
    /// <param name="record">The record.</param>
    /// <param name="reason">Why, as a metric's label value.</param>
    /// <param name="words">Why.</param>
    /// <param name="giveUp">Gives up the writing.</param>
    public void Add(in KafkaRecord record, string reason, string words, CancellationToken giveUp)
    {
        var letter = new DeadLetter(in record, reason, words);
        letter.Partition.SetAsideBytes += letter.Bytes;
        metrics.DeadLettered(letter.Partition.Topic.Name, reason, 1);
        Write(letter, giveUp);
    }

    /// <summary>
    /// Writes the letters whose records have no other part under way, and completes the records whose letters are written; call after
    /// batches have come back.
    /// </summary>
    /// <param name="giveUp">Gives up the writing.</param>
    public void Work(CancellationToken giveUp)
    {
        foreach (var (key, letter) in _open)
        {
            // What is revoked comes again to whoever has it then, who makes a letter of it.
            if (key.Partition.IsRevoked)
                _open.Remove(key);
            else if (letter.Lines.Count >= MaxLines || key.Partition.Offsets.IsLastPart(key.Number))
                Close(key, letter, giveUp);
        }

        while (_written.TryDequeue(out var letter))
        {
            letter.Partition.SetAsideBytes -= letter.Bytes;
            letter.Partition.Offsets.Complete(letter.Number);
        }
    }

    private DeadLetter Open(Batch batch, int recordIndex)
    {
        ref readonly var record = ref batch.Records[recordIndex];
        if (_open.TryGetValue((record.Partition, record.Number), out var letter))
            return letter;

        letter = new DeadLetter(batch, recordIndex);
        letter.Partition.Offsets.AddPart(letter.Number);
        letter.Partition.SetAsideBytes += letter.Bytes;
        _open.Add((letter.Partition, letter.Number), letter);
        return letter;
    }

    private void Close((PartitionState Partition, long Number) key, DeadLetter letter, CancellationToken giveUp)
    {
        _open.Remove(key);
        letter.Close();
        Write(letter, giveUp);
    }

    private void Write(DeadLetter letter, CancellationToken giveUp) => _ = writer.WriteAsync(letter, giveUp).ContinueWith(
        task =>
        {
            if (task.IsCompletedSuccessfully)
                _written.Enqueue(letter);
            else if (task.Exception is { } exception)
                fatal.Report(exception.InnerException!);
            wakeUp.Set();
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    [LoggerMessage(LogLevel.Warning, "{Lines} lines of {Records} records became dead letters ({Reasons}): {Text}")]
    private partial void LogDeadLetters(int lines, int records, string reasons, string text);
}
