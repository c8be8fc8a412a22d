using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// What the distributor and the ingester do with a decoded push (pkg/distributor/distributor.go and validator.go, pkg/ingester/instance.go
/// and stream.go, v3.7.6): validate, store what is valid, and say in Loki's words what was not.
/// </summary>
internal sealed class PushProcessor(LogStore store, EmbeddedLokiOptions options, TailHub tails, LokiMetrics metrics, TimeProvider time)
{
    /// <summary>The tenant of a Loki without multi-tenancy.</summary>
    private const string Tenant = "fake";
    private const int MaxReturnedErrors = 10;
    private const int MaxCachedTargets = 100_000;
    private readonly ConcurrentDictionary<string, StreamTarget> _targets = [];
    private readonly TokenBucket? _tenantBucket = options.IngestionRateBytes > 0
        ? new(options.IngestionRateBytes, options.IngestionBurstBytes, time)
        : null;

    public PushResult Push(PushBatch batch)
    {
        if (batch.Streams.Count == 0)
            return new(422, "error at least one valid stream is required for ingestion");

        var now = time.GetUtcNow();
        var targets = new StreamTarget[batch.Streams.Count];
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = Resolve(batch.Streams[i].Labels);
            if (targets[i].ParseError is { } error)
                return new(400, $"couldn't parse labels: {error}");
        }

        CountReceived(batch);
        var errors = new GroupedErrors();
        var blocked = options.BlockIngestionUntil > now;
        var valid = new List<int>[targets.Length];
        long totalBytes = 0;
        var totalLines = 0;
        for (var i = 0; i < targets.Length; i++)
        {
            var stream = batch.Streams[i];
            if (stream.EntryCount == 0)
                continue;
            if (targets[i].LimitError is { } error)
            {
                errors.Add(error);
                metrics.Discarded(targets[i].LimitReason, stream.EntryCount);
            }
            else if (blocked)
            {
                metrics.Discarded(DiscardReason.Blocked, stream.EntryCount);
            }
            else
            {
                valid[i] = Validate(batch, stream, targets[i].Labels, now, errors, ref totalBytes);
                totalLines += valid[i].Count;
            }
        }

        var answer = errors.Any ? new PushResult(400, errors.ToString())
            : blocked ? new PushResult(260, $"ingestion blocked for user '{Tenant}' until '{GoTime.Rfc3339(options.BlockIngestionUntil!.Value)}' with status code '260'")
            : PushResult.Accepted;
        if (totalLines == 0)
            return answer;
        if (_tenantBucket is not null && !_tenantBucket.TryTake(totalBytes))
        {
            metrics.Discarded(DiscardReason.RateLimited, totalLines);
            return new(429, string.Create(CultureInfo.InvariantCulture, $"ingestion rate limit exceeded for user {Tenant} (limit: {options.IngestionRateBytes} bytes/sec) while attempting to ingest '{totalLines}' lines totaling '{totalBytes}' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased"));
        }

        // As in the ingester, the error of the last stream alone is reported: one that failed before a good one goes unnoticed.
        PushResult? failed = null;
        for (var i = 0; i < targets.Length; i++)
        {
            if (valid[i] is { Count: > 0 } entries)
                failed = Store(batch, batch.Streams[i], targets[i], entries);
        }

        return failed ?? answer;
    }

    private void CountReceived(PushBatch batch)
    {
        long bytes = 0;
        foreach (var stream in batch.Streams)
        {
            foreach (ref readonly var entry in batch.EntriesOf(stream))
                bytes += entry.LineLength + entry.MetadataSize;
        }

        metrics.Received(batch.EntryCount, bytes);
    }

    private StreamTarget Resolve(string text)
    {
        if (_targets.TryGetValue(text, out var known))
            return known;
        // A label that explodes must not fill the memory through this cache.
        if (_targets.Count >= MaxCachedTargets)
            _targets.Clear();
        return _targets[text] = Parse(text);
    }

    private StreamTarget Parse(string text)
    {
        if (!LabelSetParser.TryParse(text, out var pairs, out var error))
            return new(LabelSet.Empty, error, null);
        var labels = ServiceName.AddTo(LabelSet.From(pairs));
        var target = new StreamTarget(labels, null, null)
        {
            Bucket = options.StreamRateBytes > 0 ? new(options.StreamRateBytes, options.StreamBurstBytes, time) : null,
        };

        var names = labels.Count - 1;
        if (names > options.MaxLabelNames)
        {
            return target with
            {
                LimitError = string.Create(CultureInfo.InvariantCulture, $"entry for stream '{labels}' has {names} label names; limit {options.MaxLabelNames}"),
                LimitReason = "max_label_names_per_series",
            };
        }

        foreach (var (name, value) in labels.Pairs)
        {
            if (Encoding.UTF8.GetByteCount(name) > options.MaxLabelNameLength)
                return target with { LimitError = $"stream '{labels}' has label name too long: '{name}'", LimitReason = "label_name_too_long" };
            if (Encoding.UTF8.GetByteCount(value) > options.MaxLabelValueLength)
                return target with { LimitError = $"stream '{labels}' has label value too long: '{value}'", LimitReason = "label_value_too_long" };
        }

        var twice = pairs.GroupBy(p => p.Key).FirstOrDefault(g => g.Count() > 1);
        return twice is null
            ? target
            : target with { LimitError = $"stream '{labels}' has duplicate label name: '{twice.Key}'", LimitReason = "duplicate_label_names" };
    }

    private List<int> Validate(PushBatch batch, PushStream stream, LabelSet labels, DateTimeOffset now, GroupedErrors errors, ref long totalBytes)
    {
        var valid = new List<int>(stream.EntryCount);
        var oldest = GoTime.ToNanoseconds(now - options.RejectOldSamplesMaxAge);
        var newest = GoTime.ToNanoseconds(now + options.CreationGracePeriod);
        var entries = batch.EntriesOf(stream);
        for (var i = 0; i < entries.Length; i++)
        {
            ref readonly var entry = ref entries[i];
            if (Check(entry, labels, oldest, newest, out var reason) is { } error)
            {
                errors.Add(error);
                metrics.Discarded(reason, 1);
                continue;
            }

            totalBytes += entry.LineLength + entry.MetadataSize;
            valid.Add(i);
        }

        return valid;
    }

    private string? Check(in PushEntry entry, LabelSet labels, long oldest, long newest, out string reason)
    {
        reason = "";
        if (options.RejectOldSamplesMaxAge > TimeSpan.Zero && entry.Timestamp < oldest)
        {
            reason = DiscardReason.TooOld;
            return $"entry for stream '{labels}' has timestamp too old: {GoTime.Rfc3339(entry.Timestamp)}, oldest acceptable timestamp is: {GoTime.Rfc3339(oldest)}";
        }

        if (entry.Timestamp > newest)
        {
            reason = DiscardReason.TooFarInFuture;
            return $"entry for stream '{labels}' has timestamp too new: {GoTime.Rfc3339(entry.Timestamp)}";
        }

        if (options.MaxLineSize > 0 && entry.LineLength > options.MaxLineSize)
        {
            reason = DiscardReason.LineTooLong;
            return string.Create(CultureInfo.InvariantCulture, $"max entry size '{options.MaxLineSize}' bytes exceeded for stream '{labels}' while adding an entry with length '{entry.LineLength}' bytes");
        }

        if (options.MaxStructuredMetadataSize > 0 && entry.MetadataSize > options.MaxStructuredMetadataSize)
        {
            reason = DiscardReason.StructuredMetadataTooLarge;
            return string.Create(CultureInfo.InvariantCulture, $"stream '{labels}' has structured metadata too large: '{entry.MetadataSize}' bytes, limit: '{options.MaxStructuredMetadataSize}' bytes. Please see `limits_config.max_structured_metadata_size` or contact your Loki administrator to increase it");
        }

        if (options.MaxStructuredMetadataEntries > 0 && entry.MetadataPairs > options.MaxStructuredMetadataEntries)
        {
            reason = DiscardReason.StructuredMetadataTooMany;
            return string.Create(CultureInfo.InvariantCulture, $"stream '{labels}' has too many structured metadata labels: '{entry.MetadataPairs}', limit: '{options.MaxStructuredMetadataEntries}'. Please see `limits_config.max_structured_metadata_entries_count` or contact your Loki administrator to increase it");
        }

        return null;
    }

    private PushResult? Store(PushBatch batch, PushStream pushed, StreamTarget target, List<int> indexes)
    {
        if (store.Find(target.Labels) is null && options.MaxStreams > 0 && store.Streams >= options.MaxStreams)
        {
            metrics.Discarded(DiscardReason.StreamLimit, indexes.Count);
            return new(429, $"maximum active stream limit exceeded when trying to create stream {target.Labels}, reduce the number of active streams (reduce labels or reduce label values), or contact your Loki administrator to see if the limit can be increased, user: '{Tenant}'");
        }

        long stored = 0, duplicates = 0, allocated = 0;
        List<(long Timestamp, string Reason)>? failures = null;
        var status = 400;
        var listeners = tails.ListenersOf(target.Labels);
        while (true)
        {
            var stream = store.GetOrCreate(target.Labels);
            lock (stream.Gate)
            {
                if (stream.Closed)
                    continue;
                var entries = batch.EntriesOf(pushed);
                foreach (var index in indexes)
                {
                    ref readonly var entry = ref entries[index];
                    var line = batch.LineOf(entry);
                    var metadata = batch.MetadataOf(entry);
                    if (target.Bucket is { } bucket && !bucket.TryTake(entry.LineLength + entry.MetadataSize))
                    {
                        status = 429;
                        (failures ??= []).Add((entry.Timestamp, $"Per stream rate limit exceeded (limit: {GoBytes.Format(options.StreamRateBytes)}/sec) while attempting to ingest for stream '{target.Labels}' totaling {GoBytes.Format(entry.LineLength + entry.MetadataSize)}, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased"));
                        metrics.Discarded(DiscardReason.StreamRateLimit, 1);
                        continue;
                    }

                    var cutoff = stream.HighestTimestamp == long.MinValue ? long.MinValue : stream.HighestTimestamp - GoTime.ToNanoseconds(options.OutOfOrderWindow);
                    if (entry.Timestamp < cutoff)
                    {
                        status = 400;
                        (failures ??= []).Add((entry.Timestamp, $"entry too far behind, entry timestamp is: {GoTime.Rfc3339(entry.Timestamp)}, oldest acceptable timestamp is: {GoTime.Rfc3339(cutoff)}"));
                        metrics.Discarded(DiscardReason.TooFarBehind, 1);
                        continue;
                    }

                    if (stream.Append(entry.Timestamp, line, metadata, ref allocated))
                    {
                        stored++;
                        foreach (var listener in listeners)
                            listener.Offer(target.Labels, entry.Timestamp, line, metadata);
                    }
                    else
                    {
                        duplicates++;
                    }
                }
            }

            break;
        }

        store.Added(stored, duplicates, allocated);
        return failures is null ? null : new(status, Describe(failures, pushed.EntryCount, target.Labels));
    }

    private static string Describe(List<(long Timestamp, string Reason)> failures, int total, LabelSet labels)
    {
        var text = new StringBuilder();
        foreach (var (timestamp, reason) in failures.Take(MaxReturnedErrors))
            text.Append(CultureInfo.InvariantCulture, $"entry with timestamp {GoTime.ToText(timestamp)} ignored, reason: '{reason}',\n");
        return text.Append(CultureInfo.InvariantCulture, $"user '{Tenant}', total ignored: {failures.Count} out of {total} for stream: {labels}").ToString();
    }
}
