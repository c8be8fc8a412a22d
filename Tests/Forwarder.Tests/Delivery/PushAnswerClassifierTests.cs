using Observability.Forwarder.Delivery;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>The texts are Loki's (v3.7.6), put together as its code does.</summary>
public sealed class PushAnswerClassifierTests
{
    private const string Stream = """{level="info", namespace="default", service="shop"}""";
    private const string TooOld =
        $"entry for stream '{Stream}' has timestamp too old: 2025-09-01T00:00:00Z, oldest acceptable timestamp is: 2025-09-07T00:00:00Z";
    private const string TooLong =
        $"max entry size '262144' bytes exceeded for stream '{Stream}' while adding an entry with length '300000' bytes";
    private const string TooFarBehind =
        "entry with timestamp 2025-09-14 12:00:00 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: "
            + "2025-09-14T12:00:00Z, oldest acceptable timestamp is: 2025-09-14T13:00:00Z',\n";
    private const string RateLimited =
        $"entry with timestamp 2025-09-14 12:00:00 +0000 UTC ignored, reason: 'Per stream rate limit exceeded (limit: 3MB/sec) while attempting to ingest for stream '{Stream}' totaling 300B, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased',\n";

    [Theory]
    [InlineData(204, "", "Stored", "")]
    [InlineData(260, "ingestion blocked for user 'fake' until '2026-01-01T00:00:00Z' with status code '260'", "Retry", "blocked")]
    [InlineData(400, TooOld, "Invalid", "timestamp_too_old")]
    [InlineData(400, $"entry for stream '{Stream}' has timestamp too new: 2035-01-01T00:00:00Z", "Invalid", "timestamp_too_new")]
    [InlineData(400, TooLong, "Invalid", "line_too_long")]
    [InlineData(400, TooFarBehind, "Invalid", "out_of_order")]
    [InlineData(400,
        $"stream '{Stream}' has structured metadata too large: '70000' bytes, limit: '65536' bytes. Please see `limits_config.max_structured_metadata_size`", "Invalid", "structured_metadata")]
    [InlineData(400, "error at least one label pair is required per stream", "Invalid", "labels")]
    [InlineData(400, $"stream '{Stream}' has label value too long: 'x'", "Invalid", "labels")]
    [InlineData(400, $"stream '{Stream}' has label name too long: 'x'", "Invalid", "labels")]
    [InlineData(400, $"entry for stream '{Stream}' has 16 label names; limit 15", "Invalid", "labels")]
    [InlineData(400, "user 'fake', total ignored: 1 out of 2 for stream: {}", "Invalid", "other")]
    // No verdict on lines: the request was damaged, or it never got as far as Loki.
    [InlineData(400, "snappy: corrupt input", "Retry", "unexpected_answer")]
    [InlineData(400, "Client sent an HTTP request to an HTTPS server.", "Retry", "unexpected_answer")]
    [InlineData(400, "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>", "Retry",
        "unexpected_answer")]
    [InlineData(400, "", "Retry", "unexpected_answer")]
    [InlineData(413, "request body too large", "TooLarge", "too_large")]
    [InlineData(429, "ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec)", "RateLimited", "rate_limited")]
    [InlineData(429, RateLimited, "RateLimited", "rate_limited")]
    [InlineData(429, $"maximum active stream limit exceeded when trying to create stream {Stream}, reduce the number of active streams",
        "NoRoom", "stream_limit")]
    [InlineData(429, "Too Many Requests", "Retry", "rate_limited")]
    [InlineData(500, "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5000000 vs. 4194304)", "TooLarge",
        "too_large")]
    [InlineData(500, "rpc error: code = ResourceExhausted desc = trying to send message larger than max (5000000 vs. 4194304)", "TooLarge",
        "too_large")]
    // Not that of the push: some other resource, some other thing.
    [InlineData(500, "rpc error: code = ResourceExhausted desc = too many connections", "Retry", "server_error")]
    [InlineData(502, "a header larger than max", "Retry", "server_error")]
    [InlineData(500, "at least 2 live replicas required, could only find 1", "Retry", "server_error")]
    [InlineData(503, "", "Retry", "server_error")]
    [InlineData(401, "no org id", "Retry", "unauthorized")]
    [InlineData(403, "", "Retry", "unauthorized")]
    [InlineData(404, "404 page not found", "Retry", "unexpected_answer")]
    [InlineData(422, "error at least one stream is required for ingestion", "Retry", "unexpected_answer")]
    // Loki says 204 for what it stored. A login page of some proxy says 200, and stored nothing.
    [InlineData(200, "<html>Sign in</html>", "Retry", "unexpected_answer")]
    [InlineData(202, "", "Retry", "unexpected_answer")]
    [InlineData(302, "", "Retry", "unexpected_answer")]
    public void Every_answer_has_its_meaning(int status, string text, string verdict, string reason)
    {
        var answer = PushAnswerClassifier.Classify(status, text, TimeSpan.FromSeconds(3));

        Assert.Equal((verdict, reason, text), (answer.Verdict.ToString(), answer.Reason, answer.Text));
        Assert.Equal(verdict is "Retry" or "RateLimited" or "NoRoom" ? TimeSpan.FromSeconds(3) : null, answer.RetryAfter);
    }
}
