using Observability.Forwarder.Delivery;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>The texts are Loki's (v3.7.6).</summary>
public sealed class LokiWordsTests
{
    [Theory]
    [InlineData("Per stream rate limit exceeded (limit: 512B/sec) while attempting to ingest", 512)]
    [InlineData("Per stream rate limit exceeded (limit: 1.5KB/sec) while attempting to ingest", 1536)]
    [InlineData("Per stream rate limit exceeded (limit: 3MB/sec) while attempting to ingest", 3L << 20)]
    [InlineData("Per stream rate limit exceeded (limit: 2GB/sec) while attempting to ingest", 2L << 30)]
    [InlineData("Per stream rate limit exceeded (limit: 1TB/sec) while attempting to ingest", 1L << 40)]
    [InlineData("ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while attempting to ingest", 4194304)]
    [InlineData("Per stream rate limit exceeded (limit: 1.2.3KB/sec) while attempting to ingest", 0)]
    [InlineData("ingestion rate limit exceeded", 0)]
    public void The_rate_that_a_refusal_names_is_read_in_bytes(string text, long rate) => Assert.Equal(rate, LokiWords.Rate(text));

    [Theory]
    [InlineData("1700-12-31T00:00:00Z", false)]
    [InlineData("1701-01-01T00:00:00Z", true)]
    [InlineData("2249-12-31T00:00:00Z", true)]
    [InlineData("2250-01-01T00:00:00Z", false)]
    [InlineData("2999-01-01T00:00:00Z", false)]
    [InlineData("then", false)]
    public void A_time_that_nanoseconds_cannot_tell_is_none(string text, bool isTime) =>
        Assert.Equal(isTime, LokiWords.TryReadTime(text, out _));

    [Theory]
    [InlineData("entry too far behind, entry timestamp is: then", true)]
    [InlineData("Per stream rate limit exceeded (limit: 3MB/sec)", true)]
    [InlineData("user 'fake', total ignored: 1 out of 2 for stream: {}", true)]
    [InlineData("entry out of order", true)]
    [InlineData("maximum active stream limit exceeded when trying to create stream {}", true)]
    [InlineData("stream '{}' has label value too long: 'x'", false)]
    [InlineData("entry for stream '{}' has timestamp too new: 2035-01-01T00:00:00Z", false)]
    public void An_ingester_is_known_by_its_words(string text, bool isOfIngester) =>
        Assert.Equal(isOfIngester, LokiWords.IsOfIngester(text));

    /// <summary>The words stand between quotes in a list of entries, by themselves, or at the end of a sentence.</summary>
    [Theory]
    [InlineData("reason: 'entry too far behind, oldest acceptable timestamp is: 2025-09-14T13:45:00Z',\nuser 'fake'")]
    [InlineData("entry too far behind, oldest acceptable timestamp is: 2025-09-14T13:45:00Z")]
    [InlineData("entry too far behind, oldest acceptable timestamp is: 2025-09-14T13:45:00Z; and more")]
    public void The_oldest_acceptable_time_is_read_wherever_it_stands(string text) =>
        Assert.Equal(1_757_857_500_000_000_000, LokiWords.OldestAcceptable(text));

    [Theory]
    [InlineData("oldest acceptable timestamp is: then")]
    [InlineData("entry too far behind")]
    public void Where_no_time_is_named_there_is_none(string text) => Assert.Equal(long.MinValue, LokiWords.OldestAcceptable(text));
}
