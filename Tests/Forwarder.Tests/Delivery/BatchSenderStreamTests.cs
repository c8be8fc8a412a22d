using System.Globalization;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>Which lines go together, which go alone, which wait, and what becomes of those that a push leaves open.</summary>
public sealed class BatchSenderStreamTests : IDisposable
{
    private const string TooLong =
        "max entry size '50' bytes exceeded for stream '{service=\"new\"}' while adding an entry with length '100' bytes";

    private readonly SenderParts _parts = new();

    public void Dispose() => _parts.Dispose();

    /// <summary>After a start all streams are new to all senders, and again after an idle time.</summary>
    [Fact]
    public async Task Senders_with_the_same_new_streams_take_on_different_ones_and_share_what_another_has_done()
    {
        string[] services = ["0", "1", "2"];
        for (var round = 0; round < 2; round++)
        {
            var (first, second) = (new ScriptedLoki { Holds = true }, new ScriptedLoki { Holds = true });
            var deliveries = new[] { first, second }.Select(loki => _parts.CreateSender(loki).DeliverAsync(
                _parts.Fill(services), TestContext.Current.CancellationToken)).ToList();

            first.Release();
            second.Release();
            second.Release();
            first.Release();
            first.Release();
            second.Release();

            await Task.WhenAll(deliveries);
            // The last one of the second sender was still under way at the first: it may be for long.
            Assert.Equal(["2", "0", "1"], first.Streams.Select(Service));
            Assert.Equal(["1", "2", "0"], second.Streams.Select(Service));
            // The streams are in use, but Loki has stored no line of them for so long that it may have forgotten them.
            _parts.Time.Advance(TimeSpan.FromMinutes(13));
            foreach (var service in services)
                _parts.Account(service);
            _parts.Time.Advance(TimeSpan.FromMinutes(13));
        }
    }

    [Fact]
    public async Task Streams_that_another_sender_has_done_meanwhile_share_one_push()
    {
        var loki = new ScriptedLoki { Holds = true };
        var delivery = _parts.CreateSender(loki).DeliverAsync(_parts.Fill(["0", "1", "2"]), TestContext.Current.CancellationToken);
        await _parts.DeliverAsync(_parts.Fill(["0", "1"]));

        loki.Release();
        loki.Release();

        await delivery;
        Assert.Equal([1, 2], loki.Pushes.Select(push => push.Streams.Count));
    }

    /// <summary>Of a push an ingester tells what became of the last stream: that is the one that is nearest to its limit.</summary>
    [Fact]
    public async Task The_stream_with_the_emptiest_bucket_is_the_last_one_of_a_push()
    {
        _parts.Know("busy", "idle");
        _parts.Account("busy").Charge(1_000_000, _parts.Ledger.Limits, _parts.Time.GetTimestamp(), _parts.Time.TimestampFrequency);

        await _parts.DeliverAsync(_parts.Fill(["busy", "idle"]));

        Assert.Equal(["idle", "busy"], Assert.Single(_parts.Loki.Pushes).Streams.Select(stream => Service(stream.Labels)));
    }

    [Fact]
    public async Task Lines_of_a_stream_at_a_limit_wait_behind_those_that_wait_already_and_other_streams_do_not()
    {
        _parts.Know("hot", "quiet");
        _parts.Account("hot").IsLimited = true;
        var batch = _parts.Fill(["hot", "quiet", "hot", "quiet"]);

        await _parts.DeliverAsync(batch);

        Assert.Equal([[1, 3]], _parts.Loki.Lines);
        Assert.Equal([0, 2], Assert.Single(batch.Late).Lines.ToArray());
    }

    [Fact]
    public async Task Lines_that_have_waited_go_to_the_overflow_stream_when_loki_has_no_room_for_their_own_any_more()
    {
        _parts.Loki.Answer = push => push.Streams[0].Labels.Contains("overflow", StringComparison.Ordinal)
            ? (204, "") : (429, "maximum active stream limit exceeded when trying to create stream {}");
        var late = _parts.Fill(["hot", "hot", "hot"], isLate: true);
        late.OrderByStream();
        late.Late.Add(new PushPiece(late.LinesOf(0), 0));

        await _parts.DeliverAsync(late);

        Assert.Equal(["hot", "overflow"], _parts.Loki.Streams.Select(Service));
        Assert.Equal([0, 1, 2], _parts.Loki.Lines.Last());
        Assert.Empty(late.Late);
        Assert.Empty(late.Refused);
    }

    [Fact]
    public async Task Streams_share_pushes_for_as_long_as_lines_of_them_are_stored()
    {
        _parts.Know("0", "1");
        for (var i = 0; i < 4; i++)
        {
            _parts.Time.Advance(TimeSpan.FromMinutes(20));
            await _parts.DeliverAsync(_parts.Fill(["0", "1"]));
        }

        Assert.Equal([2, 2, 2, 2], _parts.Loki.Pushes.Select(push => push.Streams.Count));
    }

    [Theory]
    [InlineData(10, TooLong, 1)]
    [InlineData(100, "2 errors like: " + TooLong, 2)]
    public async Task A_new_stream_is_known_once_loki_has_stored_some_of_its_lines(int firstWidth, string words, int pushes)
    {
        _parts.Loki.Answer = _ => (400, words);
        var batch = _parts.Fill(["new"], firstWidth);
        batch.Add(_parts.Fill(["new"]), 0);
        await _parts.DeliverAsync(batch);

        _parts.Know("other");
        _parts.Loki.Pushes.Clear();
        _parts.Loki.Answer = _ => (204, "");
        await _parts.DeliverAsync(_parts.Fill(["new", "other"]));

        Assert.Equal(pushes, batch.Refused.Count);
        Assert.Equal(pushes, _parts.Loki.Pushes.Count);
    }

    /// <summary>The distributor has taken a line out before, and the ingester's answer hides which.</summary>
    [Fact]
    public async Task Lines_whose_fate_a_refusal_leaves_open_are_sent_again_and_the_refused_one_is_not()
    {
        _parts.Loki.Answer = push => _parts.Loki.Pushes.Count > 1 ? (204, "")
            : (400, Behind(push.Streams[0].Entries[3].Timestamp.ToDateTimeOffset(), push.Streams[0].Entries[3].Timestamp.Nanos)
                + "user 'fake', total ignored: 1 out of 4 for stream: {}");
        var batch = _parts.Fill(Enumerable.Repeat("new", 5));

        await _parts.DeliverAsync(batch);

        Assert.Equal([[0, 1, 2, 3, 4], [0, 1, 2, 4]], _parts.Loki.Lines);
        Assert.Equal([3], batch.Refused.Select(refused => refused.Line));
    }

    /// <summary>What was charged for a push that has failed may have been spent all the same.</summary>
    [Fact]
    public async Task A_push_that_is_sent_again_is_shared_only_while_its_streams_have_half_of_their_buckets_left()
    {
        // A push takes a fifth of a bucket, which does not fill in the time of this test.
        var bytes = _parts.Fill(["0"]).Entries[0].Length + 24;
        using var parts = new SenderParts(new LokiOptions { StreamBurst = 3 * 5 * bytes, StreamRate = 1 });
        parts.Know("0", "1");
        parts.Loki.Answer = _ => (parts.Loki.Pushes.Count < 3 ? 503 : 204, "");

        await parts.DeliverAsync(parts.Fill(["0", "1"]));

        Assert.Equal([2, 2, 1, 1], parts.Loki.Pushes.Select(push => push.Streams.Count));
        Assert.Equal(["0", "1"], parts.Loki.Streams.Skip(2).Select(Service).Order());
    }

    [Fact]
    public async Task A_delivery_that_was_given_up_leaves_nothing_for_the_next_one()
    {
        using var stop = new CancellationTokenSource();
        _parts.Loki.Answer = _ => (503, "");
        var delivery = _parts.Sender.DeliverAsync(_parts.Fill(["given up", "as well"]), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);

        _parts.Loki.Pushes.Clear();
        _parts.Loki.Answer = _ => (204, "");
        await _parts.Sender.DeliverAsync(_parts.Fill(["next"]), TestContext.Current.CancellationToken);

        Assert.Equal(["next"], _parts.Loki.Streams.Select(Service));
    }

    [Theory]
    [InlineData(400, "entry out of order", 100, "out_of_order")]
    [InlineData(413, "<html>413 Request Entity Too Large</html>", 100_000, "too_large")]
    public async Task A_line_that_is_refused_by_itself_is_a_dead_letter(int status, string words, int width, string reason)
    {
        _parts.Loki.Answer = _ => (status, words);
        var batch = _parts.Fill(["new"], width);

        await _parts.DeliverAsync(batch);

        Assert.Equal([(0, reason, words)], batch.Refused.Select(refused => (refused.Line, refused.Reason, refused.Words)));
    }

    [Fact]
    public async Task A_line_that_fits_into_no_message_says_so()
    {
        var batch = _parts.Fill(["new"], 5_000_000);

        await _parts.DeliverAsync(batch);

        var refused = Assert.Single(batch.Refused);
        Assert.Equal("too_large", refused.Reason);
        Assert.Contains("fits into no message", refused.Words, StringComparison.Ordinal);
        Assert.Empty(_parts.Loki.Pushes);
    }

    // What an ingester says of one entry.
    private static string Behind(DateTimeOffset time, int nanoseconds)
    {
        var (second, fraction) = (time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), $"{nanoseconds:000000000}");
        return $"entry with timestamp {second}.{fraction.TrimEnd('0')} +0000 UTC ignored, reason: 'entry too far behind, entry timestamp "
            + $"is: {time:yyyy-MM-ddTHH:mm:ssZ}, oldest acceptable timestamp is: {time.AddSeconds(1):yyyy-MM-ddTHH:mm:ssZ}',\n";
    }

    private static string Service(string labels) => labels.Split('"')[1];
}
