using System.Collections.Concurrent;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.Limits;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// What an ingester does with the streams of a push (pkg/ingester/instance.go, stream.go, limiter.go, flush.go, v3.7.6): it refuses a new
/// stream beyond the limit, an entry beyond the stream's rate and one that is too far behind the stream's newest, and it tells the error of
/// the last stream alone. A stream leaves its memory when it has been idle, and with it what the limits hang on.
/// </summary>
internal sealed class Ingester(
    LogStore store, EmbeddedLokiOptions options, TailHub tails, StreamRates rates, LokiMetrics metrics, TimeProvider time)
{
    private readonly ConcurrentDictionary<LabelSet, IngesterStream> _streams = [];
    private readonly Lock _creating = new();
    private long _nextExpiry = long.MinValue;

    /// <summary>Streams in memory: what the stream limit counts.</summary>
    public int Streams => _streams.Count;

    private long Now => GoTime.ToNanoseconds(time.GetUtcNow());

    /// <returns>
    /// Loki's answer for the last stream when entries of it were refused; null when they were not, whatever happened to those before.
    /// </returns>
    public PushResult? Push(PushBatch batch, IEnumerable<StreamPart> parts)
    {
        PushResult? failed = null;
        foreach (var part in parts)
            failed = Push(batch, part);
        return failed;
    }

    private PushResult? Push(PushBatch batch, in StreamPart part)
    {
        while (true)
        {
            if (GetOrCreate(part.Labels) is not { } stream)
            {
                metrics.Discarded(DiscardReason.StreamLimit, part.Entries.Count);
                return new(StatusCodes.Status429TooManyRequests, LokiMessages.StreamLimit(part.Labels));
            }

            lock (stream.Gate)
            {
                if (!stream.Removed)
                    return Push(batch, part, stream);
            }
        }
    }

    private PushResult? Push(PushBatch batch, in StreamPart part, IngesterStream stream)
    {
        var (accepted, failures, status) = Validate(batch, part, stream);
        if (accepted.Count > 0)
            Store(batch, part, stream, accepted);
        return failures is null ? null : new(status, LokiMessages.Ignored(failures, part.Entries.Count, part.Labels));
    }

    private (List<int> Accepted, List<(long Timestamp, string Reason)>? Failures, int Status) Validate(
        PushBatch batch, in StreamPart part, IngesterStream stream)
    {
        // With sharding on, an ingester takes all entries of a stream or none; without, each line is charged on its own.
        var wholeStream = options.ShardStreams;
        var accepted = new List<int>(part.Entries.Count);
        List<(long Timestamp, string Reason)>? failures = null;
        var status = StatusCodes.Status400BadRequest;
        var highest = stream.HighestTimestamp;
        var window = GoTime.ToNanoseconds(options.OutOfOrderWindow);
        long total = 0, valid = 0;
        var entries = batch.EntriesOf(part.Pushed);
        foreach (var index in part.Entries)
        {
            ref readonly var entry = ref entries[index];
            if (accepted.Count == 0 ? stream.IsLast(entry.Timestamp, batch.LineOf(entry), batch.MetadataOf(entry))
                : Same(batch, entries[accepted[^1]], entry))
            {
                store.Added(0, 1, 0);
                continue;
            }

            var size = entry.LineLength + entry.MetadataSize;
            total += size;
            if (!wholeStream && stream.Limiter is { } limiter && !limiter.TryTake(size))
            {
                status = StatusCodes.Status429TooManyRequests;
                (failures ??= []).Add((entry.Timestamp, LokiMessages.StreamRate(part.Labels, options.StreamRateBytes, size)));
                metrics.Discarded(DiscardReason.StreamRateLimit, 1);
                continue;
            }

            if (highest != long.MinValue && entry.Timestamp < highest - window)
            {
                status = StatusCodes.Status400BadRequest;
                (failures ??= []).Add((entry.Timestamp, LokiMessages.TooFarBehind(entry.Timestamp, highest - window)));
                metrics.Discarded(DiscardReason.TooFarBehind, 1);
                continue;
            }

            valid += size;
            highest = Math.Max(highest, entry.Timestamp);
            accepted.Add(index);
        }

        rates.Record(part.Labels, part.Unsharded, total);
        if (!wholeStream || stream.Limiter is not { } whole || whole.TryTake(valid))
            return (accepted, failures, status);
        failures = [];
        foreach (var index in accepted)
            failures.Add(
                (entries[index].Timestamp, LokiMessages.StreamRate(
                part.Labels, options.StreamRateBytes, entries[index].LineLength + entries[index].MetadataSize)));
        metrics.Discarded(DiscardReason.StreamRateLimit, accepted.Count);
        return ([], failures, StatusCodes.Status429TooManyRequests);
    }

    private void Store(PushBatch batch, in StreamPart part, IngesterStream ingester, List<int> accepted)
    {
        long stored = 0, duplicates = 0, allocated = 0;
        var highest = long.MinValue;
        var now = Now;
        var listeners = tails.ListenersOf(part.Labels);
        var entries = batch.EntriesOf(part.Pushed);
        while (true)
        {
            var stream = store.GetOrCreate(part.Labels);
            lock (stream.Gate)
            {
                // The store has evicted it meanwhile.
                if (stream.Closed)
                    continue;
                stream.LastUpdate = now;
                foreach (var index in accepted)
                {
                    ref readonly var entry = ref entries[index];
                    highest = Math.Max(highest, entry.Timestamp);
                    if (stream.Append(entry.Timestamp, batch.LineOf(entry), batch.MetadataOf(entry), ref allocated))
                    {
                        stored++;
                        foreach (var listener in listeners)
                            listener.Offer(part.Labels, entry.Timestamp, batch.LineOf(entry), batch.MetadataOf(entry));
                    }
                    else
                    {
                        duplicates++;
                    }
                }
            }

            break;
        }

        ref readonly var last = ref entries[accepted[^1]];
        ingester.Stored(last.Timestamp, batch.LineOf(last), batch.MetadataOf(last), highest, now);
        store.Added(stored, duplicates, allocated);
    }

    private static bool Same(PushBatch batch, in PushEntry a, in PushEntry b) =>
        a.Timestamp == b.Timestamp && batch.LineOf(a).SequenceEqual(batch.LineOf(b))
            && batch.MetadataOf(a).SequenceEqual(batch.MetadataOf(b));

    /// <returns>The stream in memory; null when it would be one too many.</returns>
    private IngesterStream? GetOrCreate(LabelSet labels)
    {
        var now = Now;
        if (_streams.TryGetValue(labels, out var known) && !IsIdle(known, now))
            return known;
        lock (_creating)
        {
            if (_streams.TryGetValue(labels, out known))
            {
                if (!IsIdle(known, now))
                    return known;
                Remove(labels, known);
            }

            if (options.MaxStreams > 0 && _streams.Count >= options.MaxStreams && now >= _nextExpiry)
                RemoveIdle(now);
            if (options.MaxStreams > 0 && _streams.Count >= options.MaxStreams)
                return null;
            var limiter = options.StreamRateBytes > 0 ? new TokenBucket(options.StreamRateBytes, options.StreamBurstBytes, time) : null;
            return _streams[labels] = new(limiter, now);
        }
    }

    private bool IsIdle(IngesterStream stream, long now) =>
        options.ChunkIdlePeriod > TimeSpan.Zero && now - stream.LastUpdate > GoTime.ToNanoseconds(options.ChunkIdlePeriod);

    private void RemoveIdle(long now)
    {
        var oldest = now;
        foreach (var (labels, stream) in _streams)
        {
            if (IsIdle(stream, now))
                Remove(labels, stream);
            else
                oldest = Math.Min(oldest, stream.LastUpdate);
        }

        // Until then no stream can have become idle: a flood of refused streams shall not walk the table each time.
        _nextExpiry = options.ChunkIdlePeriod > TimeSpan.Zero ? oldest + GoTime.ToNanoseconds(options.ChunkIdlePeriod) : long.MaxValue;
    }

    private void Remove(LabelSet labels, IngesterStream stream)
    {
        lock (stream.Gate)
        {
            if (IsIdle(stream, Now))
            {
                stream.Removed = true;
                _streams.TryRemove(labels, out _);
            }
        }
    }
}
