using System.Globalization;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>What a sender does at the limits of Loki's: smaller pushes, waits as long as a limit needs, the overflow stream.</summary>
public sealed class BatchSenderLimitTests : IDisposable
{
    private const string NoRoom = "maximum active stream limit exceeded when trying to create stream {}, reduce the number of streams";

    private readonly SenderParts _parts = new();

    public void Dispose() => _parts.Dispose();

    /// <summary>Loki refuses each push of more than one line, of four that are equally long.</summary>
    /// <param name="rate">The limit that it names, in lines a second; 0 for a refusal that names none.</param>
    /// <param name="pushes">The lines of each push.</param>
    [Theory]
    // None is named: sent once more as it is, then in halves.
    [InlineData(0, "4 4 2 1 1 2 1 1")]
    // More than is refilled in a second never passes at once.
    [InlineData(2, "4 2 2 1 1 2 2 1 1")]
    [InlineData(4, "4 4 2 1 1 2 1 1")]
    // What is refilled in a hundredth of a second is small enough, unless it is refused ten times.
    [InlineData(300, "4 4 2 2 2 2 2 2 2 2 2 1 1 2 2 2 2 2 2 2 2 2 1 1")]
    [InlineData(1000, "4 4 4 4 4 4 4 4 4 4 2 1 1 2 1 1")]
    public async Task Pushes_become_smaller_until_they_fit_into_a_rate_limit(int rate, string pushes)
    {
        _parts.Know("0");
        var batch = _parts.Fill(Enumerable.Repeat("0", 4));
        var limit = rate * batch.Entries[0].Length;
        _parts.Loki.Answer = push => SenderHarness.Lines(push).Count() > 1 ? (429, TenantLimit(limit)) : (204, "");

        await _parts.DeliverAsync(batch);

        Assert.Equal(pushes, string.Join(' ', _parts.Loki.Lines.Select(lines => lines.Length)));
        Assert.Equal([0, 1, 2, 3], _parts.Loki.Lines.Where(lines => lines.Length == 1).Select(lines => lines[0]));
        Assert.Empty(batch.Refused);
    }

    [Theory]
    // A second for the half that is sent next, as long for it once more, then half as long for one line of it.
    [InlineData(2, 1.0, 1.0, 0.5, 1.0, 0.5)]
    [InlineData(4, 1.0, 0.5, 0.25, 0.25)]
    public async Task A_rate_limit_is_given_the_time_that_it_takes_to_let_the_next_push_pass(int rate, params double[] seconds)
    {
        // The pauses that only grow with each refusal are shorter than those.
        using var parts = new SenderParts(new LokiOptions { MinBackoff = TimeSpan.FromMilliseconds(1) });
        parts.Know("0");
        var batch = parts.Fill(Enumerable.Repeat("0", 4));
        var limit = rate * batch.Entries[0].Length;
        parts.Loki.Answer = push => SenderHarness.Lines(push).Count() > 1 ? (429, TenantLimit(limit)) : (204, "");

        var pauses = await parts.DeliverAsync(batch);

        Assert.Equal(seconds, pauses.Select(pause => pause.TotalSeconds));
    }

    [Theory]
    // No longer than any other pause.
    [InlineData("ingestion rate limit exceeded for user fake (limit: 1 bytes/sec) while attempting to ingest", 10, 10)]
    [InlineData("ingestion rate limit exceeded", 0.05, 0.1)]
    public async Task The_pause_of_a_rate_limit_is_bounded(string words, double atLeast, double atMost)
    {
        _parts.Know("0");
        _parts.Loki.Answer = _ => _parts.Loki.Pushes.Count == 1 ? (429, words) : (204, "");

        var pauses = await _parts.DeliverAsync(_parts.Fill(["0"]));

        Assert.InRange(Assert.Single(pauses).TotalSeconds, atLeast, atMost);
        Assert.Equal([("rate_limited", 1)], _parts.Measured.Of("forwarder_push_retries"));
    }

    [Fact]
    public async Task A_stream_at_its_limit_is_left_over_at_once_in_pieces_that_keep_the_order()
    {
        _parts.Loki.Answer = _ => (429, "Per stream rate limit exceeded (limit: 1KB/sec) while attempting to ingest for stream");
        var batch = _parts.Fill(Enumerable.Repeat("hot", 4), width: 400);

        Assert.Empty(await _parts.DeliverAsync(batch));

        Assert.Single(_parts.Loki.Pushes);
        Assert.Equal([[0, 1], [2, 3]], batch.Late.Select(piece => piece.Lines.ToArray()));
        Assert.Equal(batch.Entries[0].Length * 2 / 1024.0, batch.Late[0].Wait.TotalSeconds, 0.001);
        Assert.True(_parts.Account("hot").IsLimited);
        Assert.False(_parts.Overflow.IsLimited);
        Assert.Equal([("rate_limited", 1)], _parts.Measured.Of("forwarder_push_retries"));
    }

    [Fact]
    public async Task Streams_at_their_limit_are_told_once_a_minute()
    {
        _parts.Loki.Answer = _ => (429, "Per stream rate limit exceeded (limit: 1KB/sec) while attempting to ingest for stream");
        for (var i = 0; i < 3; i++)
            await _parts.DeliverAsync(_parts.Fill([$"hot {i}"]));
        _parts.Time.Advance(TimeSpan.FromMinutes(1));
        await _parts.DeliverAsync(_parts.Fill(["hot 3"]));

        var told = _parts.Log.Lines.Where(line => line.Text.Contains("at a limit", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, told.Count);
        Assert.StartsWith("{service=\"hot 0\"}", told[0].Text, StringComparison.Ordinal);
        Assert.Contains("2 such refusals", told[1].Text, StringComparison.Ordinal);
    }

    /// <summary>Loki's limit is smaller than the settings say.</summary>
    [Fact]
    public async Task A_limit_that_a_refusal_names_is_kept_from_then_on()
    {
        _parts.Know("other");
        _parts.Loki.Answer = _ => (429, "Per stream rate limit exceeded (limit: 3KB/sec) while attempting to ingest for stream");
        await _parts.DeliverAsync(_parts.Fill(["hot"]));

        Assert.Equal((1024, 1536), (_parts.Ledger.Limits.Rate, _parts.Ledger.Limits.Burst));

        // Its bucket is empty: it goes alone until that is half full again.
        _parts.Account("hot").IsLimited = false;
        _parts.Know("hot");
        _parts.Loki.Answer = _ => (204, "");
        foreach (var pushes in new[] { 2, 1 })
        {
            _parts.Loki.Pushes.Clear();
            await _parts.DeliverAsync(_parts.Fill(["hot", "other"], width: 10));
            Assert.Equal(pushes, _parts.Loki.Pushes.Count);
            _parts.Time.Advance(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public async Task A_window_that_a_refusal_shows_to_be_smaller_is_kept_and_told_once()
    {
        _parts.Loki.Answer = push => (400, Behind(push.Streams[0].Entries[0].Timestamp.ToDateTimeOffset(), _parts.Time.GetUtcNow()));

        for (var i = 0; i < 2; i++)
            await _parts.DeliverAsync(_parts.Fill(["late"]));

        // 40 minutes with the ten that a line may be ahead of the clock; of those five sixths, less the ten.
        Assert.Equal(TimeSpan.FromSeconds(1400), _parts.Ledger.Limits.LateAfter);
        Assert.Contains("MaxChunkAge", Assert.Single(_parts.Log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_overflow_stream_is_told_once_for_a_batch_and_counted_for_each_stream()
    {
        _parts.Loki.Answer = push => IsOverflow(push) ? (204, "") : (429, NoRoom);
        var batch = _parts.Fill(["0", "1", "0", "1"]);

        await _parts.DeliverAsync(batch);

        Assert.Equal([1, 3, 0, 2], _parts.Loki.Lines.Last());
        Assert.Equal([("stream_limit", 1), ("stream_limit", 1)], _parts.Measured.Of("forwarder_push_retries"));
        Assert.Contains("overflow stream", Assert.Single(_parts.Log.Lines).Text, StringComparison.Ordinal);
        Assert.Empty(batch.Late);
        Assert.Empty(batch.Refused);
    }

    [Theory]
    // Loki took lines of it in between: the patience begins anew.
    [InlineData(true, 1, 0)]
    [InlineData(false, 0, 1)]
    public async Task Lines_are_given_up_when_the_overflow_stream_had_no_room_for_twenty_seconds(bool isStored, int late, int refused)
    {
        _parts.Loki.Answer = _ => (429, NoRoom);
        await _parts.DeliverAsync(_parts.Fill(["0"]));
        Assert.True(_parts.Overflow.IsLimited);

        _parts.Overflow.IsLimited = false;
        _parts.Time.Advance(TimeSpan.FromSeconds(1));
        if (isStored)
        {
            _parts.Loki.Answer = _ => (204, "");
            await _parts.DeliverAsync(_parts.Fill(["0"]));
        }

        _parts.Time.Advance(TimeSpan.FromSeconds(19));
        _parts.Loki.Answer = _ => (429, NoRoom);
        var batch = _parts.Fill(["0"]);
        await _parts.DeliverAsync(batch);

        Assert.Equal((late, refused), (batch.Late.Count, batch.Refused.Count));
        Assert.All(_parts.Loki.Pushes.Skip(1), push => Assert.True(IsOverflow(push)));
    }

    private static bool IsOverflow(ServiceDefaults.Protos.Loki.PushRequest push) =>
        push.Streams[0].Labels.Contains("overflow", StringComparison.Ordinal);

    private static string TenantLimit(long bytes) => "ingestion rate limit exceeded for user fake"
        + (bytes == 0 ? "" : $" (limit: {bytes} bytes/sec)") + " while attempting to ingest";

    private static string Behind(DateTimeOffset time, DateTimeOffset now) =>
        $"entry with timestamp {time.ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture).TrimEnd('0')} +0000 UTC "
            + $"ignored, reason: 'entry too far behind, entry timestamp is: {time:yyyy-MM-ddTHH:mm:ssZ}, oldest acceptable timestamp is: "
            + $"{now.AddMinutes(-30):yyyy-MM-ddTHH:mm:ssZ}',\nuser 'fake', total ignored: 1 out of 1 for stream: {{}}";
}
