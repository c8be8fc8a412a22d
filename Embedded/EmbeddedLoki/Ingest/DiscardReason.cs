namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>The values of the label <c>reason</c> of <c>loki_discarded_samples_total</c> (pkg/validation/validate.go, v3.7.6).</summary>
internal static class DiscardReason
{
    public const string InvalidLabels = "invalid_labels";
    public const string RateLimited = "rate_limited";
    public const string StreamRateLimit = "per_stream_rate_limit";
    public const string StreamLimit = "stream_limit";
    public const string LineTooLong = "line_too_long";
    public const string TooFarBehind = "too_far_behind";
    public const string TooOld = "greater_than_max_sample_age";
    public const string TooFarInFuture = "too_far_in_future";
    public const string StructuredMetadataTooLarge = "structured_metadata_too_large";
    public const string StructuredMetadataTooMany = "structured_metadata_too_many";
    public const string Blocked = "blocked_ingestion";
}
