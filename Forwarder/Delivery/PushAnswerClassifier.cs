namespace Observability.Forwarder.Delivery;

/// <summary>Says what an answer to a push means (Loki v3.7.6: <c>pkg/distributor/http.go</c>, <c>pkg/loghttp/push/push.go</c>).</summary>
internal static class PushAnswerClassifier
{
    private const int Blocked = 260;

    /// <summary>Classifies an answer.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="text">The body.</param>
    /// <param name="retryAfter">The header <c>Retry-After</c>.</param>
    public static PushAnswer Classify(int status, string text, TimeSpan? retryAfter) => status switch
    {
        // Ingestion blocked for the tenant: a success that stored nothing.
        Blocked => new(PushVerdict.Retry, "blocked", text, retryAfter),
        // Only this one: a 200 is the page of some proxy, which stored nothing.
        204 => new(PushVerdict.Stored, "", text),
        400 when LokiWords.IsVerdict(text) => new(PushVerdict.Invalid, RejectionReason(text), text),
        413 => new(PushVerdict.TooLarge, "too_large", text),
        429 when LokiWords.IsStreamLimit(text) => new(PushVerdict.NoRoom, "stream_limit", text, retryAfter),
        429 when LokiWords.IsRateLimit(text) => new(PushVerdict.RateLimited, "rate_limited", text, retryAfter),
        429 => new(PushVerdict.Retry, "rate_limited", text, retryAfter),
        >= 500 when IsMessageTooLarge(text) => new(PushVerdict.TooLarge, "too_large", text),
        >= 500 => new(PushVerdict.Retry, "server_error", text, retryAfter),
        401 or 403 => new(PushVerdict.Retry, "unauthorized", text, retryAfter),
        // Not Loki's verdict on lines: a wrong address, a proxy's page, a request damaged on its way. The data is good; somebody must mend
        // the settings.
        _ => new(PushVerdict.Retry, "unexpected_answer", text, retryAfter),
    };

    /// <summary>The reason of a refusal, as a metric's label value.</summary>
    /// <param name="text">Loki's words.</param>
    public static string RejectionReason(string text) =>
        text.Contains("timestamp too old", StringComparison.Ordinal) ? "timestamp_too_old"
        : text.Contains("timestamp too new", StringComparison.Ordinal) ? "timestamp_too_new"
        : text.Contains(LokiWords.TooFarBehind, StringComparison.Ordinal) || text.Contains("out of order", StringComparison.Ordinal)
            ? "out_of_order"
        : text.Contains("Max entry size", StringComparison.OrdinalIgnoreCase) ? "line_too_long"
        : text.Contains("structured metadata", StringComparison.OrdinalIgnoreCase) ? "structured_metadata"
        : text.Contains("label", StringComparison.OrdinalIgnoreCase) ? "labels"
        : "other";

    private static bool IsMessageTooLarge(string text) =>
        text.Contains("ResourceExhausted", StringComparison.Ordinal) && text.Contains("larger than max", StringComparison.Ordinal);
}
