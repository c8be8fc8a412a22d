using System.Text;
using Observability.Forwarder.Delivery;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>The texts are Loki's (v3.7.6), put together as its code does.</summary>
public sealed class PushAnswerClassifierTests
{
    private const string Stream = """{level="info", namespace="default", service="shop"}""";
    private const string TooOld = $"entry for stream '{Stream}' has timestamp too old: 2025-09-01T00:00:00Z, oldest acceptable timestamp is: 2025-09-07T00:00:00Z";
    private const string TooLong = $"max entry size '262144' bytes exceeded for stream '{Stream}' while adding an entry with length '300000' bytes";
    private const string TooFarBehind = "entry with timestamp 2025-09-14 12:00:00 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2025-09-14T12:00:00Z, oldest acceptable timestamp is: 2025-09-14T13:00:00Z',\n";
    private const string RateLimited = $"entry with timestamp 2025-09-14 12:00:00 +0000 UTC ignored, reason: 'Per stream rate limit exceeded (limit: 3MB/sec) while attempting to ingest for stream '{Stream}' totaling 300B, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased',\n";

    private static readonly byte[][] Labels = [Encoding.UTF8.GetBytes(Stream)];

    [Theory]
    [InlineData(204, "", "Stored", "")]
    [InlineData(260, "ingestion blocked for user 'fake' until '2026-01-01T00:00:00Z' with status code '260'", "Retry", "blocked")]
    [InlineData(400, TooOld, "Invalid", "timestamp_too_old")]
    [InlineData(400, $"entry for stream '{Stream}' has timestamp too new: 2035-01-01T00:00:00Z", "Invalid", "timestamp_too_new")]
    [InlineData(400, TooLong, "Invalid", "line_too_long")]
    [InlineData(400, TooFarBehind, "Invalid", "out_of_order")]
    [InlineData(400, $"stream '{Stream}' has structured metadata too large: '70000' bytes, limit: '65536' bytes. Please see `limits_config.max_structured_metadata_size`", "Invalid", "structured_metadata")]
    [InlineData(400, "error at least one label pair is required per stream", "Invalid", "labels")]
    [InlineData(400, $"stream '{Stream}' has label value too long: 'x'", "Invalid", "labels")]
    [InlineData(400, "snappy: corrupt input", "Invalid", "other")]
    [InlineData(413, "request body too large", "TooLarge", "too_large")]
    [InlineData(429, "ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec)", "Retry", "rate_limited")]
    [InlineData(500, "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5000000 vs. 4194304)", "TooLarge", "too_large")]
    [InlineData(500, "rpc error: code = ResourceExhausted desc = trying to send message larger than max (5000000 vs. 4194304)", "TooLarge", "too_large")]
    [InlineData(500, "at least 2 live replicas required, could only find 1", "Retry", "server_error")]
    [InlineData(503, "", "Retry", "server_error")]
    [InlineData(401, "no org id", "Retry", "unauthorized")]
    [InlineData(403, "", "Retry", "unauthorized")]
    [InlineData(404, "404 page not found", "Retry", "unexpected_status")]
    [InlineData(422, "error at least one stream is required for ingestion", "Retry", "unexpected_status")]
    // Loki says 204 for what it stored. A login page of some proxy says 200, and stored nothing.
    [InlineData(200, "<html>Sign in</html>", "Retry", "unexpected_status")]
    [InlineData(202, "", "Retry", "unexpected_status")]
    [InlineData(302, "", "Retry", "unexpected_status")]
    public void Every_answer_has_its_meaning(int status, string text, string verdict, string reason)
    {
        var answer = PushAnswerClassifier.Classify(status, text, TimeSpan.FromSeconds(3));

        Assert.Equal((verdict, reason, text), (answer.Verdict.ToString(), answer.Reason, answer.Text));
        Assert.Equal(verdict == "Retry" ? TimeSpan.FromSeconds(3) : null, answer.RetryAfter);
    }

    [Fact]
    public void The_refusal_of_a_single_line_is_its_own() => Assert.True(PushAnswerClassifier.ProvesAllInvalid("anything", 1, Labels));

    [Fact]
    public void As_many_grouped_errors_as_lines_mean_all_of_them()
    {
        Assert.True(PushAnswerClassifier.ProvesAllInvalid($"10 errors like: {TooOld}", 10, Labels));
        Assert.True(PushAnswerClassifier.ProvesAllInvalid($"7 errors like: {TooOld}; 3 errors like: {TooLong}", 10, Labels));
        Assert.False(PushAnswerClassifier.ProvesAllInvalid($"7 errors like: {TooOld}; 2 errors like: {TooLong}", 10, Labels));
        Assert.False(PushAnswerClassifier.ProvesAllInvalid($"9 errors like: {TooOld}", 10, Labels));
        Assert.False(PushAnswerClassifier.ProvesAllInvalid(TooOld, 2, Labels));
    }

    [Fact]
    public void Of_an_ingester_only_the_reasons_that_it_lists_are_proof()
    {
        const string Total = $"user 'fake', total ignored: 3 out of 3 for stream: {Stream}";

        Assert.True(PushAnswerClassifier.ProvesAllInvalid(TooFarBehind + TooFarBehind + TooFarBehind + Total, 3, Labels));
        Assert.False(PushAnswerClassifier.ProvesAllInvalid(TooFarBehind + TooFarBehind + Total, 3, Labels));
        // pkg/ingester/stream.go, errorForFailedEntries: the last error decides between 400 and 429, and the total counts lines of both kinds.
        Assert.False(PushAnswerClassifier.ProvesAllInvalid(RateLimited + TooFarBehind + TooFarBehind + Total, 3, Labels));
        // It speaks of one stream of the push.
        Assert.False(PushAnswerClassifier.ProvesAllInvalid(TooFarBehind + TooFarBehind + TooFarBehind + Total, 3, [Labels[0], "{a=\"b\"}"u8.ToArray()]));
    }

    /// <summary>Loki's words repeat labels, and labels come from whoever writes the lines.</summary>
    [Theory]
    [InlineData("1000 errors like: x")]
    [InlineData("; 1000 errors like: ")]
    [InlineData("99999999999999999999999999 errors like: ")]
    [InlineData("1000 error like: ")]
    [InlineData("ignored, reason: 'entry too far behind ignored, reason: 'entry too far behind")]
    [InlineData("total ignored: 1000 out of 1000")]
    public void What_a_label_says_proves_nothing(string service)
    {
        var stream = $$"""{service="{{service}}"}""";

        Assert.False(PushAnswerClassifier.ProvesAllInvalid($"entry for stream '{stream}' has timestamp too old", 2, [Encoding.UTF8.GetBytes(stream)]));
        Assert.False(PushAnswerClassifier.ProvesAllInvalid($"stream '{stream}' has label value too long: '{service}'", 2, [Encoding.UTF8.GetBytes(stream)]));
    }

    [Fact]
    public void A_count_beyond_all_numbers_is_no_count() =>
        Assert.False(PushAnswerClassifier.ProvesAllInvalid("99999999999999999999999999 errors like: x", 2, Labels));
}
