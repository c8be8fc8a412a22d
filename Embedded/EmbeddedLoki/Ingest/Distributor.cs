using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Faults;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.Limits;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// What a distributor does with a decoded push (pkg/distributor/distributor.go and validator.go, v3.7.6): validate, divide a fast stream
/// into
/// shards when it is told to, hand what is valid to the ingester, and say in Loki's words what was not.
/// </summary>
internal sealed class Distributor(
    EmbeddedLokiOptions options, Ingester ingester, StreamRates rates, LimitingStore limit, LokiMetrics metrics, TimeProvider time)
{
    /// <summary>The label that tells the shards of a stream apart.</summary>
    public const string ShardLabel = "__stream_shard__";
    private const int MaxCachedTargets = 10_000;
    private const int MaxCachedLength = 4096;

    /// <summary>pkg/logql/syntax/parser.go has 16 MiB; such labels are refused in any case, and their text is the answer.</summary>
    private const int MaxLabelsLength = 1024 * 1024;
    private readonly ConcurrentDictionary<string, StreamTarget> _targets = [];
    private readonly TokenBucket? _tenantBucket = options.IngestionRateBytes > 0
        ? new(options.IngestionRateBytes, options.IngestionBurstBytes, time)
        : null;

    public PushResult Push(PushBatch batch)
    {
        if (batch.Streams.Count == 0)
            return new(StatusCodes.Status422UnprocessableEntity, LokiMessages.NoStreams);

        var now = time.GetUtcNow();
        var targets = new StreamTarget[batch.Streams.Count];
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = Resolve(batch.Streams[i].Labels);
            if (targets[i].ParseError is { } error)
                return new(StatusCodes.Status400BadRequest, $"couldn't parse labels: {error}");
        }

        CountReceived(batch);
        var errors = new GroupedErrors();
        var blocked = options.BlockIngestionUntil > now;
        var parts = new List<StreamPart>(targets.Length);
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
                long bytes = 0;
                var valid = Validate(batch, stream, targets[i].Labels, now, errors, ref bytes);
                totalLines += valid.Count;
                totalBytes += bytes;
                if (valid.Count > 0)
                    AddParts(parts, targets[i].Labels, stream, valid, bytes);
            }
        }

        var answer = errors.Any ? new PushResult(StatusCodes.Status400BadRequest, errors.ToString())
            : blocked && options.BlockIngestionStatusCode != StatusCodes.Status200OK
                ? new PushResult(
                    options.BlockIngestionStatusCode, LokiMessages.Blocked(
                    options.BlockIngestionUntil!.Value, options.BlockIngestionStatusCode))
            : PushResult.Accepted;
        if (totalLines == 0)
            return answer;
        if (_tenantBucket is not null && !_tenantBucket.TryTake(totalBytes))
        {
            metrics.Discarded(DiscardReason.RateLimited, totalLines);
            return new(StatusCodes.Status429TooManyRequests, LokiMessages.TenantRate(options.IngestionRateBytes, totalLines, totalBytes));
        }

        if (limit.Refuse(totalLines, totalBytes) is { } rate)
        {
            metrics.Discarded(DiscardReason.RateLimited, totalLines);
            return new(StatusCodes.Status429TooManyRequests, LokiMessages.TenantRate(rate, totalLines, totalBytes));
        }

        // The ingester's word comes before that of the validation.
        return ingester.Push(batch, parts) ?? answer;
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
        var target = Parse(text);
        // A label that explodes must not fill the memory through this cache, nor one that is large, nor one that is refused anyway.
        if (target.ParseError is not null || target.LimitError is not null || text.Length > MaxCachedLength)
            return target;
        if (_targets.Count >= MaxCachedTargets)
            _targets.Clear();
        return _targets[text] = target;
    }

    private StreamTarget Parse(string text)
    {
        if (text.Length > MaxLabelsLength)
            return new(
                LabelSet.Empty, string.Create(
                CultureInfo.InvariantCulture, $"labels size {text.Length >> 20} MiB exceeds limit of {MaxLabelsLength >> 20}"), null);
        if (!LabelSetParser.TryParse(text, out var pairs, out var error))
            return new(LabelSet.Empty, error, null);
        var labels = ServiceNameLabel.AddTo(LabelSet.From(pairs));
        var target = new StreamTarget(labels, null, null);
        var names = labels.Count - 1;
        if (names > options.MaxLabelNames)
        {
            return target with
            {
                LimitError = LokiMessages.TooManyLabels(labels, names, options.MaxLabelNames),
                LimitReason = "max_label_names_per_series",
            };
        }

        foreach (var (name, value) in labels.Pairs)
        {
            if (Encoding.UTF8.GetByteCount(name) > options.MaxLabelNameLength)
                return target with { LimitError = LokiMessages.LabelNameTooLong(labels, name), LimitReason = "label_name_too_long" };
            if (Encoding.UTF8.GetByteCount(value) > options.MaxLabelValueLength)
                return target with { LimitError = LokiMessages.LabelValueTooLong(labels, value), LimitReason = "label_value_too_long" };
        }

        var twice = pairs.GroupBy(p => p.Key).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? target
            : target with { LimitError = LokiMessages.LabelTwice(labels, twice.Key), LimitReason = "duplicate_label_names" };
    }

    private List<int> Validate(
        PushBatch batch, PushStream stream, LabelSet labels, DateTimeOffset now, GroupedErrors errors, ref long totalBytes)
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
            return LokiMessages.TooOld(labels, entry.Timestamp, oldest);
        }

        if (entry.Timestamp > newest)
        {
            reason = DiscardReason.TooFarInFuture;
            return LokiMessages.TooNew(labels, entry.Timestamp);
        }

        if (options.MaxLineSize > 0 && entry.LineLength > options.MaxLineSize)
        {
            reason = DiscardReason.LineTooLong;
            return LokiMessages.LineTooLong(labels, entry.LineLength, options.MaxLineSize);
        }

        if (options.MaxStructuredMetadataSize > 0 && entry.MetadataSize > options.MaxStructuredMetadataSize)
        {
            reason = DiscardReason.StructuredMetadataTooLarge;
            return LokiMessages.MetadataTooLarge(labels, entry.MetadataSize, options.MaxStructuredMetadataSize);
        }

        if (options.MaxStructuredMetadataEntries > 0 && entry.MetadataPairs > options.MaxStructuredMetadataEntries)
        {
            reason = DiscardReason.StructuredMetadataTooMany;
            return LokiMessages.MetadataTooMany(labels, entry.MetadataPairs, options.MaxStructuredMetadataEntries);
        }

        return null;
    }

    private void AddParts(List<StreamPart> parts, LabelSet labels, PushStream stream, List<int> entries, long bytes)
    {
        var shards = rates.ShardsFor(labels, bytes);
        if (shards <= 1)
        {
            parts.Add(new(labels, labels, stream, entries));
            return;
        }

        // No shard without an entry; the entries take turns.
        var count = Math.Min(shards, entries.Count);
        var first = rates.NextShard(labels, count);
        for (var i = 0; i < count; i++)
        {
            var number = ((first + i) % shards).ToString(CultureInfo.InvariantCulture);
            var own = new List<int>((entries.Count / count) + 1);
            for (var j = i; j < entries.Count; j += count)
                own.Add(entries[j]);
            parts.Add(new(labels.With(ShardLabel, number), labels, stream, own));
        }
    }
}
