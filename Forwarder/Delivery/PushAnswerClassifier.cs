using System.Globalization;
using System.Text.RegularExpressions;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Reads Loki's answers (v3.7.6: <c>pkg/distributor/http.go</c>, <c>pkg/validation/validate.go</c>,
/// <c>pkg/ingester/stream.go</c>, <c>pkg/util/errors.go</c>).
/// </summary>
internal static partial class PushAnswerClassifier
{
    private const int Blocked = 260;

    private static ReadOnlySpan<byte> GroupMark => "errors like: "u8;

    private static ReadOnlySpan<byte> TooFarBehindMark => "ignored, reason: "u8;

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
        400 => new(PushVerdict.Invalid, RejectionReason(text), text),
        413 => new(PushVerdict.TooLarge, "too_large", text),
        429 => new(PushVerdict.Retry, "rate_limited", text, retryAfter),
        >= 500 when IsMessageTooLarge(text) => new(PushVerdict.TooLarge, "too_large", text),
        >= 500 => new(PushVerdict.Retry, "server_error", text, retryAfter),
        401 or 403 => new(PushVerdict.Retry, "unauthorized", text, retryAfter),
        // Not Loki's answer to a push: a wrong address or a proxy's page. The data is good; somebody must mend the settings.
        _ => new(PushVerdict.Retry, "unexpected_status", text, retryAfter),
    };

    /// <summary>Whether the words of a 400 prove that each of <paramref name="lines"/> lines was refused, so that no search for the good ones is needed.</summary>
    /// <param name="text">Loki's words.</param>
    /// <param name="lines">Lines that were sent.</param>
    /// <param name="labels">The streams that were sent, as text: Loki repeats them, and what a label says must prove nothing.</param>
    /// <remarks>
    /// The distributor groups its errors as <c>N errors like: …</c>, at most one error a line. An ingester lists the first lines of a
    /// stream that it refused; its total is no proof, since it also counts lines that were only rate limited.
    /// </remarks>
    public static bool ProvesAllInvalid(string text, int lines, IReadOnlyCollection<byte[]> labels)
    {
        if (lines == 1)
            return true;
        if (labels.Any(stream => stream.AsSpan().IndexOf(GroupMark) >= 0 || stream.AsSpan().IndexOf(TooFarBehindMark) >= 0))
            return false;

        long grouped = 0;
        foreach (Match match in GroupedErrors().Matches(text))
            grouped += int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var count) ? count : 0;
        return grouped >= lines || (labels.Count == 1 && TooFarBehind().Count(text) >= lines);
    }

    private static string RejectionReason(string text) =>
        text.Contains("timestamp too old", StringComparison.Ordinal) ? "timestamp_too_old"
        : text.Contains("timestamp too new", StringComparison.Ordinal) ? "timestamp_too_new"
        : text.Contains("too far behind", StringComparison.Ordinal) || text.Contains("out of order", StringComparison.Ordinal) ? "out_of_order"
        : text.Contains("Max entry size", StringComparison.OrdinalIgnoreCase) ? "line_too_long"
        : text.Contains("structured metadata", StringComparison.OrdinalIgnoreCase) ? "structured_metadata"
        : text.Contains("label", StringComparison.OrdinalIgnoreCase) ? "labels"
        : "other";

    private static bool IsMessageTooLarge(string text) =>
        text.Contains("ResourceExhausted", StringComparison.Ordinal) && text.Contains("larger than max", StringComparison.Ordinal);

    [GeneratedRegex(@"(\d+) errors like: ", RegexOptions.CultureInvariant)]
    private static partial Regex GroupedErrors();

    [GeneratedRegex("ignored, reason: 'entry too far behind", RegexOptions.CultureInvariant)]
    private static partial Regex TooFarBehind();
}
