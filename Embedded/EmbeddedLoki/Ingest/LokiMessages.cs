using System.Globalization;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>Loki's sentences for what it refuses (pkg/validation/validate.go, pkg/ingester/stream.go, v3.7.6): clients read them.</summary>
internal static class LokiMessages
{
    /// <summary>The tenant of a Loki without multi-tenancy.</summary>
    public const string Tenant = "fake";

    public const string NoStreams = "error at least one valid stream is required for ingestion";

    public const string NoLabels = "error at least one label pair is required per stream";

    /// <summary>Failures of one stream that the ingester names one by one (<c>-ingester.max-ignored-stream-errors</c>).</summary>
    private const int MaxReturnedErrors = 10;

    public static string TooManyLabels(LabelSet stream, int count, int limit) =>
        Text($"entry for stream '{stream}' has {count} label names; limit {limit}");

    public static string LabelNameTooLong(LabelSet stream, string name) => $"stream '{stream}' has label name too long: '{name}'";

    public static string LabelValueTooLong(LabelSet stream, string value) => $"stream '{stream}' has label value too long: '{value}'";

    public static string LabelTwice(LabelSet stream, string name) => $"stream '{stream}' has duplicate label name: '{name}'";

    public static string TooOld(LabelSet stream, long timestamp, long oldest) =>
        $"entry for stream '{stream}' has timestamp too old: {GoTime.Rfc3339(timestamp)}, oldest acceptable timestamp is: {GoTime.Rfc3339(oldest)}";

    public static string TooNew(LabelSet stream, long timestamp) =>
        $"entry for stream '{stream}' has timestamp too new: {GoTime.Rfc3339(timestamp)}";

    public static string LineTooLong(LabelSet stream, int length, int limit) =>
        Text($"max entry size '{limit}' bytes exceeded for stream '{stream}' while adding an entry with length '{length}' bytes");

    public static string MetadataTooLarge(LabelSet stream, int size, int limit) => Text(
        $"stream '{stream}' has structured metadata too large: '{size}' bytes, limit: '{limit}' bytes. Please see `limits_config.max_structured_metadata_size` or contact your Loki administrator to increase it");

    public static string MetadataTooMany(LabelSet stream, int pairs, int limit) => Text(
        $"stream '{stream}' has too many structured metadata labels: '{pairs}', limit: '{limit}'. Please see `limits_config.max_structured_metadata_entries_count` or contact your Loki administrator to increase it");

    public static string Blocked(DateTimeOffset until, int statusCode) =>
        Text($"ingestion blocked for user '{Tenant}' until '{GoTime.Rfc3339(until)}' with status code '{statusCode}'");

    public static string TenantRate(long limit, int lines, long bytes) => Text(
        $"ingestion rate limit exceeded for user {Tenant} (limit: {limit} bytes/sec) while attempting to ingest '{lines}' lines totaling '{bytes}' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased");

    public static string StreamLimit(LabelSet stream) =>
        $"maximum active stream limit exceeded when trying to create stream {stream}, reduce the number of active streams (reduce labels or reduce label values), or contact your Loki administrator to see if the limit can be increased, user: '{Tenant}'";

    public static string StreamRate(LabelSet stream, long limit, int bytes) =>
        $"Per stream rate limit exceeded (limit: {GoBytes.Format(limit)}/sec) while attempting to ingest for stream '{stream}' totaling {GoBytes.Format(bytes)}, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased";

    public static string TooFarBehind(long timestamp, long cutoff) =>
        $"entry too far behind, entry timestamp is: {GoTime.Rfc3339(timestamp)}, oldest acceptable timestamp is: {GoTime.Rfc3339(cutoff)}";

    /// <summary>The ingester's answer for a stream of which it refused entries: the first of them by name, then how many.</summary>
    public static string Ignored(IReadOnlyList<(long Timestamp, string Reason)> failures, int total, LabelSet stream)
    {
        var text = new StringBuilder();
        foreach (var (timestamp, reason) in failures.Take(MaxReturnedErrors))
            text.Append(CultureInfo.InvariantCulture, $"entry with timestamp {GoTime.ToText(timestamp)} ignored, reason: '{reason}',\n");
        return text.Append(
            CultureInfo.InvariantCulture,
            $"user '{Tenant}', total ignored: {failures.Count} out of {total} for stream: {stream}").ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
