using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.ServiceDefaults.Http;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Lines whose stream is at a limit of Loki's. A sender does not wait with them: it gives them back, they are copied to a small batch of
/// their own here, and the rest of their batch is done with. Each stream has one such batch under way at a time, the oldest, and pauses of
/// its own. What waits here counts for the partitions that it is of (<see cref="Kafka.PartitionState.SetAsideBytes"/>), and not for the
/// budget of all. Belongs to the consuming thread.
/// </summary>
/// <param name="ledger">Finds a stream's account.</param>
/// <param name="options">The pauses.</param>
/// <param name="metrics">Is told how many streams wait.</param>
/// <param name="time">Tells when a pause is over.</param>
/// <param name="random">The pauses' jitter.</param>
internal sealed class LimitedStreams(
    StreamLedger ledger, IOptions<ForwarderOptions> options, ForwarderMetrics metrics, TimeProvider time, Random random)
{
    private readonly LokiOptions _options = options.Value.Loki;
    private readonly Dictionary<StreamAccount, Line> _lines = [];
    private readonly Dictionary<Batch, Line> _sending = [];

    /// <summary>Memory that what waits here holds, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Sets aside what a batch that came back has left over.</summary>
    /// <param name="batch">The batch.</param>
    public void SetAside(Batch batch)
    {
        if (batch.Late.Count == 0)
            return;

        foreach (var pieces in batch.Late.GroupBy(piece => TargetOf(batch, piece)))
        {
            var account = ledger.Find(batch.Tenant, pieces.Key);
            if (!_lines.TryGetValue(account, out var line))
                _lines.Add(account, line = new(account, NewBackoff()));
            var late = Copy(batch, [.. pieces]);
            if (line.Batches.Count == 0)
                Pause(line, late);
            line.Batches.Enqueue(late);
            account.IsLimited = true;
            Count(late, 1);
        }

        metrics.LimitedStreams = _lines.Count;
    }

    /// <summary>Takes back a late batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>Whether it is done with; otherwise it is sent again when its pause is over.</returns>
    public bool Return(Batch batch)
    {
        _sending.Remove(batch, out var line);
        var left = batch.Late.Sum(piece => piece.Lines.Length);
        if (left < line!.Left)
            line.Backoff = NewBackoff();
        if (left == 0)
            Leave(line);
        else
            Pause(line, batch);
        return left == 0;
    }

    /// <summary>Sends what may pass by now, and forgets what is of revoked partitions alone; call now and then.</summary>
    /// <param name="send">Takes a late batch, which comes back by <see cref="Return"/>.</param>
    public void SendDue(Action<Batch> send)
    {
        if (_lines.Count == 0)
            return;

        foreach (var line in _lines.Values)
        {
            if (_sending.ContainsKey(line.Batches.Peek()))
                continue;

            while (line.Batches.TryPeek(out var batch) && IsRevoked(batch))
                Leave(line);
            if (!line.Batches.TryPeek(out var due) || time.GetTimestamp() < line.DueAt)
                continue;

            line.Left = due.Late.Sum(piece => piece.Lines.Length);
            _sending.Add(due, line);
            send(due);
        }
    }

    private static LogStream TargetOf(Batch batch, PushPiece piece)
    {
        var stream = batch.Streams[batch.Entries[piece.Lines.Span[0]].Stream].Stream;
        return piece.Stream == PushPiece.Overflow ? stream.Overflow! : stream;
    }

    private static Batch Copy(Batch batch, PushPiece[] pieces)
    {
        var (lines, bytes) = (0, 0);
        foreach (var piece in pieces)
        {
            lines += piece.Lines.Length;
            foreach (var line in piece.Lines.Span)
                bytes += batch.Entries[line].Length;
        }

        var late = new Batch(bytes, lines: lines) { IsLate = true, Tenant = batch.Tenant };
        var places = Enumerable.Range(0, lines).ToArray();
        foreach (var piece in pieces)
        {
            var start = late.Count;
            foreach (var line in piece.Lines.Span)
                late.Add(batch, line);
            late.Late.Add(piece with
            {
                Lines = places.AsMemory(start, piece.Lines.Length),
                Stream = piece.Stream == PushPiece.Overflow ? PushPiece.Overflow : 0,
            });
        }

        late.Traces.Close(late);
        return late;
    }

    // What a late batch takes of each partition: exactly the same when it comes and when it goes.
    private void Count(Batch late, int sign)
    {
        Bytes += sign * (long)late.Capacity;
        foreach (ref readonly var record in late.Records)
            record.Partition.SetAsideBytes += sign * record.Bytes;
        foreach (ref readonly var entry in late.Entries)
            late.Records[entry.Record].Partition.SetAsideBytes += sign * (Unsafe.SizeOf<BatchEntry>() + (2L * sizeof(int)) + entry.Length);
    }

    private static bool IsRevoked(Batch batch)
    {
        foreach (ref readonly var record in batch.Records)
        {
            if (!record.Partition.IsRevoked)
                return false;
        }

        return true;
    }

    private void Pause(Line line, Batch batch)
    {
        var pause = line.Backoff.Next(batch.Late[0].Wait);
        line.DueAt = time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);
    }

    private void Leave(Line line)
    {
        Count(line.Batches.Dequeue(), -1);
        line.DueAt = 0;
        if (line.Batches.Count > 0)
            return;

        _lines.Remove(line.Account);
        line.Account.IsLimited = false;
        metrics.LimitedStreams = _lines.Count;
    }

    private Backoff NewBackoff() => new(_options.MinBackoff, _options.MaxBackoff, _options.MaxRetryAfter, random);

    // The late batches of one stream, the oldest first.
    private sealed class Line(StreamAccount account, Backoff backoff)
    {
        public StreamAccount Account { get; } = account;

        public Queue<Batch> Batches { get; } = new();

        public Backoff Backoff { get; set; } = backoff;

        // Lines that the batch under way was sent with: fewer of them left is progress.
        public int Left { get; set; }

        public long DueAt { get; set; }
    }
}
