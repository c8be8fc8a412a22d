using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Tests.Batching;
using Snappier;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class BatchSenderTests : IAsyncLifetime
{
    private readonly SenderHarness _harness = new();

    public async ValueTask InitializeAsync() => await _harness.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_batch_is_one_push_with_its_lines_by_stream_and_in_order()
    {
        await DeliverAsync(_harness.CreateKnownBatch(100, 3));

        var push = Assert.Single(_harness.Pushes);
        Assert.Equal(3, push.Streams.Count);
        Assert.Equal(Enumerable.Range(0, 100), SenderHarness.Lines(push).Order());
        Assert.All(push.Streams,
            stream => Assert.Equal(stream.Entries.Select(entry => entry.Timestamp.Nanos).Order(),
                stream.Entries.Select(entry => entry.Timestamp.Nanos)));
        Assert.Empty(_harness.DeadLetters);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_stream_a_push_when_so_configured()
    {
        _harness.Options.Loki.OneStreamPerPush = true;

        await DeliverAsync(_harness.CreateBatch(100, 5));

        Assert.Equal(5, _harness.Pushes.Count);
        Assert.All(_harness.Pushes, push => Assert.Single(push.Streams));
        Assert.Equal(Enumerable.Range(0, 100), _harness.Pushes.SelectMany(SenderHarness.Lines).Order());
    }

    /// <summary>Loki stores the valid lines of a push that it answers with 400, and says of how many lines it thinks so.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Exactly_the_refused_lines_become_dead_letters_and_each_of_them_once() =>
        await Gen.Select(Gen.Int[1, 80], Gen.Int[1, 5], Gen.Bool.Array[80], Gen.Bool, Gen.Bool).SampleAsync(
            async input =>
            {
                var (lines, streams, isBad, saysHowMany, isKnown) = input;
                await using var harness = new SenderHarness();
                await harness.StartAsync(TestContext.Current.CancellationToken);
                ConcurrentDictionary<int, bool> stored = [];
                harness.Answer = (context, push) =>
                {
                    var bad = 0;
                    foreach (var line in SenderHarness.Lines(push))
                    {
                        if (isBad[line])
                            bad++;
                        else
                            stored[line] = true;
                    }

                    return bad == 0 ? SenderHarness.Reply(context, 204)
                        : SenderHarness.Reply(context, 400,
                            saysHowMany
                                ? $"{bad} errors like: entry for stream '{{}}' has timestamp too old: then"
                                : "stream '{}' has label value too long");
                };

                await harness.DeliverAsync(isKnown ? harness.CreateKnownBatch(lines, streams) : harness.CreateBatch(lines, streams),
                    TestContext.Current.CancellationToken);

                Assert.Equal(Enumerable.Range(0, lines).Where(line => isBad[line]).Select(line => (long)line), harness.DeadLetters);
                Assert.Equal(Enumerable.Range(0, lines).Where(line => !isBad[line]), stored.Keys.Order());
            },
            iter: 20,
            threads: 1);

    [Fact(Timeout = 60_000)]
    public async Task A_refusal_of_all_needs_no_search()
    {
        _harness.Answer = (context, push) => SenderHarness.Reply(context, 400,
            $"{SenderHarness.Lines(push).Count()} errors like: entry for stream '{{}}' has timestamp too old: then");

        await DeliverAsync(_harness.CreateKnownBatch(1000, 4));

        Assert.Single(_harness.Pushes);
        Assert.Equal(Enumerable.Range(0, 1000).Select(line => (long)line), _harness.DeadLetters);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_record_with_several_refused_lines_says_which()
    {
        var partition = TestPartition.Create();
        var record = new TestRecord(partition, 0, "0\n1\n2"u8);
        var stream = TestStreams.Create("service").Get("x");
        var batch = new Batch(64);
        for (var i = 0; i < 3; i++)
        {
            batch.Add(record.Record, i, stream, i, Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)), default);
        }

        _harness.Answer = (context, push) => SenderHarness.Lines(push).Any(line => line != 1)
            ? SenderHarness.Reply(context, 400, "stream '{}' has label value too long")
            : SenderHarness.Reply(context, 204);

        await DeliverAsync(batch);

        Assert.Equal([0, 2], batch.Refused.Select(refused => refused.Line).Order());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(413, "request body too large")]
    [InlineData(500, "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5000000 vs. 4194304)")]
    public async Task What_is_too_large_is_split_until_it_passes(int status, string text)
    {
        _harness.Answer = (context, push) =>
            SenderHarness.Lines(push).Count() > 10 ? SenderHarness.Reply(context, status, text) : SenderHarness.Reply(context, 204);

        await DeliverAsync(_harness.CreateBatch(100, 3));

        Assert.Equal(Enumerable.Range(0, 100),
            _harness.Pushes.Where(push => SenderHarness.Lines(push).Count() <= 10).SelectMany(SenderHarness.Lines).Order());
        Assert.Empty(_harness.DeadLetters);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_single_line_that_is_too_large_is_a_dead_letter()
    {
        _harness.Answer = (context, push) => SenderHarness.Lines(push).Contains(7)
            ? SenderHarness.Reply(context, 413, "request body too large: 5 bytes, limit: 4 bytes")
            : SenderHarness.Reply(context, 204);

        await DeliverAsync(_harness.CreateBatch(20, 1));

        Assert.Equal([7], _harness.DeadLetters);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_that_no_push_can_hold_is_not_even_sent()
    {
        await DeliverAsync(_harness.CreateBatch(1, 1, _ => new string('7', 5_000_000)));

        Assert.Empty(_harness.Pushes);
        Assert.Equal([0], _harness.DeadLetters);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(260)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(401)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(200)]
    [InlineData(0)]
    public async Task What_may_pass_later_is_sent_again_for_ever(int status)
    {
        var ct = TestContext.Current.CancellationToken;
        const int Failures = 30;
        _harness.Answer = (context, _) =>
        {
            if (_harness.Pushes.Count > Failures)
                return SenderHarness.Reply(context, 204);
            if (status == 0)
                context.Abort();
            return status == 0 ? Task.CompletedTask : SenderHarness.Reply(context, status, "no");
        };

        var delivery = DeliverAsync(_harness.CreateKnownBatch(10, 2));
        for (var i = 0; i < Failures; i++)
        {
            var pause = await _harness.Time.NextTimerAsync(ct);
            Assert.InRange(pause, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10));
            Assert.False(delivery.IsCompleted);
            _harness.Time.Advance(pause);
        }

        await delivery;
        Assert.Equal(Failures + 1, _harness.Pushes.Count);
        Assert.All(_harness.Pushes, push => Assert.Equal(_harness.Pushes.First(), push));
        Assert.Empty(_harness.DeadLetters);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(260)]
    public async Task The_time_that_Loki_asks_for_is_waited(int status)
    {
        var ct = TestContext.Current.CancellationToken;
        _harness.Answer = (context, _) =>
        {
            context.Response.Headers.RetryAfter = _harness.Pushes.Count == 1
                ? "37"
                : _harness.Time.GetUtcNow().AddSeconds(45).ToString("R", CultureInfo.InvariantCulture);
            return SenderHarness.Reply(context, _harness.Pushes.Count > 2 ? 204 : status);
        };

        var delivery = DeliverAsync(_harness.CreateBatch(1, 1));
        var seconds = await _harness.Time.NextTimerAsync(ct);
        _harness.Time.Advance(seconds);
        var date = await _harness.Time.NextTimerAsync(ct);
        _harness.Time.Advance(date);

        await delivery;
        Assert.Equal(TimeSpan.FromSeconds(37), seconds);
        // An HTTP date has whole seconds.
        Assert.InRange(date, TimeSpan.FromSeconds(44), TimeSpan.FromSeconds(45));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_redirect_is_not_followed_to_a_page_that_says_200()
    {
        var ct = TestContext.Current.CancellationToken;
        _harness.Answer = (context, _) =>
        {
            context.Response.Headers.Location = "/login";
            return SenderHarness.Reply(context, _harness.Pushes.Count == 1 ? 302 : 204);
        };

        var delivery = DeliverAsync(_harness.CreateBatch(1, 1));
        _harness.Time.Advance(await _harness.Time.NextTimerAsync(ct));

        await delivery;
        Assert.Equal(2, _harness.Pushes.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_redirect_says_where_to_and_which_setting_to_mend()
    {
        _harness.Answer = (context, _) =>
        {
            context.Response.Headers.Location = "https://loki.example/login";
            return SenderHarness.Reply(context, 302);
        };

        var (status, answer) = await _harness.Client.PushAsync(Snappy.CompressToArray([]), [], TestContext.Current.CancellationToken);

        Assert.Equal((302, "unexpected_answer"), (status, answer.Reason));
        Assert.Contains("https://loki.example/login", answer.Text, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:loki", answer.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_that_stops_halfway_is_given_up_like_none()
    {
        var ct = TestContext.Current.CancellationToken;
        _harness.Options.Loki.Timeout = TimeSpan.FromMilliseconds(300);
        _harness.Answer = async (context, _) =>
        {
            if (_harness.Pushes.Count > 1)
            {
                await SenderHarness.Reply(context, 204);
                return;
            }

            await SenderHarness.Reply(context, 500, "the beginning");
            await context.Response.Body.FlushAsync(ct);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };

        await RestartAsync();
        var delivery = DeliverAsync(_harness.CreateBatch(1, 1));
        _harness.Time.Advance(await _harness.Time.NextTimerAsync(ct));

        await delivery;
        Assert.Equal(2, _harness.Pushes.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Giving_up_leaves_at_once()
    {
        using var stop = new CancellationTokenSource();
        _harness.Answer = (context, _) => SenderHarness.Reply(context, 503);

        var delivery = _harness.Sender.DeliverAsync(_harness.CreateBatch(1, 1), stop.Token);
        await _harness.Time.NextTimerAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stream_that_loki_may_not_have_goes_alone_once_and_with_the_others_then()
    {
        await DeliverAsync(_harness.CreateBatch(100, 5));
        Assert.Equal(5, _harness.Pushes.Count);
        Assert.All(_harness.Pushes, push => Assert.Single(push.Streams));

        _harness.Pushes.Clear();
        await DeliverAsync(_harness.CreateBatch(100, 5));
        Assert.Equal(5, Assert.Single(_harness.Pushes).Streams.Count);

        // Loki forgets a stream that was idle for half an hour.
        _harness.Pushes.Clear();
        _harness.Time.Advance(TimeSpan.FromMinutes(26));
        await DeliverAsync(_harness.CreateBatch(100, 5));
        Assert.Equal(5, _harness.Pushes.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Senders_that_start_together_share_the_first_pushes_of_streams()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _harness.CreateSender()).ToList()
            .Select(sender => sender.DeliverAsync(_harness.CreateBatch(1000, 100), TestContext.Current.CancellationToken)));

        Assert.Equal(4000, _harness.Pushes.Sum(push => SenderHarness.Lines(push).Count()));
        // 400 when each went its own way.
        Assert.InRange(_harness.Pushes.Count, 100, 250);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stream_with_lines_that_may_be_too_far_behind_goes_alone()
    {
        var batch = _harness.CreateBatch(100, 5, age: line => TimeSpan.FromMinutes(line is 7 ? 50 : 30));
        _harness.Know(batch);

        await DeliverAsync(batch);

        Assert.Equal([1, 4], _harness.Pushes.Select(push => push.Streams.Count).Order());
        Assert.Contains(7, SenderHarness.Lines(_harness.Pushes.Single(push => push.Streams.Count == 1)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stream_that_has_spent_half_of_its_bucket_goes_alone_and_comes_back_when_it_is_full_again()
    {
        _harness.Options.Loki.StreamBurst = 3 * 40_000;
        _harness.Options.Loki.StreamRate = 3 * 10_000;
        await RestartAsync();
        // 20 lines of stream 0 are 20,000 bytes.
        Batch Create() => _harness.CreateKnownBatch(100, 5, line => line % 5 == 0 ? new string('0', 1200) : "1");

        await DeliverAsync(Create());
        Assert.Equal([1, 4], _harness.Pushes.Select(push => push.Streams.Count).Order());
        Assert.Equal(0, _harness.Pushes.Single(push => push.Streams.Count == 1).Streams[0].Entries[0].Line.Trim('0').Length);

        _harness.Pushes.Clear();
        _harness.Time.Advance(TimeSpan.FromSeconds(10));
        await DeliverAsync(_harness.CreateKnownBatch(100, 5));
        Assert.Equal(5, Assert.Single(_harness.Pushes).Streams.Count);
    }

    /// <summary>Of a push of several streams an ingester says what became of the last one: a 204 to the same push says nothing of the
    /// others.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData(429,
        "entry with timestamp 2025-09-14 12:00:00 +0000 UTC ignored, reason: 'Per stream rate limit exceeded (limit: 3MB/sec) while "
            + "attempting',\nuser 'fake', total ignored: 1 out of 20 for stream: {}")]
    [InlineData(429, "maximum active stream limit exceeded when trying to create stream {}")]
    [InlineData(400,
        "entry with timestamp 2025-09-14 12:00:00 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: "
            + "2025-09-14T12:00:00Z, oldest acceptable timestamp is: 2025-09-14T13:00:00Z',\nuser 'fake', total ignored: 1 out of 20 for "
            + "stream: {}")]
    public async Task After_an_ingester_s_refusal_each_stream_of_the_push_is_sent_again_alone(int status, string text)
    {
        _harness.Answer = (context, push) =>
            push.Streams.Count > 1 ? SenderHarness.Reply(context, status, text) : SenderHarness.Reply(context, 204);

        await DeliverAsync(_harness.CreateKnownBatch(100, 5));

        Assert.Equal([5, 1, 1, 1, 1, 1], _harness.Pushes.Select(push => push.Streams.Count));
        Assert.Equal(Enumerable.Range(0, 100), _harness.Pushes.Skip(1).SelectMany(SenderHarness.Lines).Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_rate_limit_has_taken_is_not_sent_again_and_what_is_too_much_at_once_is_sent_in_pieces()
    {
        var ct = TestContext.Current.CancellationToken;
        // 10 KB a second and at once; a line is 1 KB.
        const int Limit = 10 * 1024;
        var (tokens, filled) = ((double)Limit, _harness.Time.GetUtcNow());
        List<int> stored = [];
        _harness.Answer = (context, push) =>
        {
            tokens = Math.Min(Limit, tokens + ((_harness.Time.GetUtcNow() - filled).TotalSeconds * Limit));
            filled = _harness.Time.GetUtcNow();
            List<string> refused = [];
            foreach (var entry in push.Streams.Single().Entries)
            {
                var size = entry.Line.Length;
                if (tokens >= size)
                {
                    tokens -= size;
                    stored.Add(int.Parse(entry.Line, CultureInfo.InvariantCulture));
                }
                else
                {
                    refused.Add(
                        $"entry with timestamp {entry.Timestamp.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}.{entry.Timestamp.Nanos:000000000} +0000 UTC ignored, reason: 'Per stream rate limit exceeded (limit: 10KB/sec) while attempting to ingest',\n");
                }
            }

            return refused.Count == 0 ? SenderHarness.Reply(context, 204) : SenderHarness.Reply(
                context, 429, string.Concat(refused.Take(10))
                    + $"user 'fake', total ignored: {refused.Count} out of {push.Streams.Single().Entries.Count} for stream: {{}}");
        };

        var delivery = DeliverAsync(
            _harness.CreateBatch(60, 1, line => line.ToString("0000", CultureInfo.InvariantCulture).PadLeft(1024, '0')));
        var start = _harness.Time.GetUtcNow();
        while (await Task.WhenAny(delivery, _harness.Time.NextTimerAsync(ct).AsTask()) is Task<TimeSpan> timer)
            _harness.Time.Advance(await timer);

        await delivery;
        Assert.Equal(Enumerable.Range(0, 60), stored.Order());
        Assert.Equal(60, stored.Distinct().Count());
        Assert.InRange((_harness.Time.GetUtcNow() - start).TotalSeconds, 5, 20);
        Assert.Empty(_harness.DeadLetters);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_tenant_s_burst_that_is_smaller_than_a_push_is_met_by_smaller_pushes()
    {
        var ct = TestContext.Current.CancellationToken;
        _harness.Answer = (context, push) => SenderHarness.Lines(push).Count() > 7
            ? SenderHarness.Reply(context, 429,
                "ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while attempting to ingest '100' lines totaling "
                    + "'100000' bytes")
            : SenderHarness.Reply(context, 204);

        var delivery = DeliverAsync(
            _harness.CreateKnownBatch(100, 3, line => line.ToString("0000", CultureInfo.InvariantCulture).PadLeft(60_000, '0')));
        while (await Task.WhenAny(delivery, _harness.Time.NextTimerAsync(ct).AsTask()) is Task<TimeSpan> timer)
            _harness.Time.Advance(await timer);

        await delivery;
        Assert.Equal(Enumerable.Range(0, 100),
            _harness.Pushes.Where(push => SenderHarness.Lines(push).Count() <= 7).SelectMany(SenderHarness.Lines).Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_larger_than_any_burst_becomes_a_dead_letter_after_minutes()
    {
        var ct = TestContext.Current.CancellationToken;
        _harness.Answer = (context, push) => SenderHarness.Lines(push).Contains(3)
            ? SenderHarness.Reply(context, 429,
                "ingestion rate limit exceeded for user fake (limit: 10 bytes/sec) while attempting to ingest")
            : SenderHarness.Reply(context, 204);
        var start = _harness.Time.GetUtcNow();

        var delivery = DeliverAsync(_harness.CreateKnownBatch(10, 2));
        while (await Task.WhenAny(delivery, _harness.Time.NextTimerAsync(ct).AsTask()) is Task<TimeSpan> timer)
            _harness.Time.Advance(await timer);

        await delivery;
        Assert.Equal([3], _harness.DeadLetters);
        Assert.InRange(_harness.Time.GetUtcNow() - start, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(8));
    }

    [Fact(Timeout = 60_000)]
    public async Task Streams_that_loki_has_no_room_for_go_to_the_overflow_stream_and_the_others_are_not_held_up()
    {
        _harness.Answer = (context, push) =>
            push.Streams.Count == 1 && push.Streams[0].Labels is "{service=\"service 1\"}" or "{service=\"service 2\"}"
            ? SenderHarness.Reply(context, 429,
                $"maximum active stream limit exceeded when trying to create stream {push.Streams[0].Labels}, reduce the number of active streams")
            : SenderHarness.Reply(context, 204);

        for (var round = 0; round < 2; round++)
            await DeliverAsync(_harness.CreateBatch(100, 5));

        var overflow = _harness.Pushes.SelectMany(push => push.Streams).Where(stream => stream.Labels == "{service=\"overflow\"}").ToList();
        Assert.Equal([40, 40], overflow.Select(stream => stream.Entries.Count));
        Assert.Equal(
            ["service 1", "service 2"],
            overflow[0].Entries.Select(entry => entry.StructuredMetadata.Single(pair => pair.Name == "overflow_service").Value)
                .Distinct().Order());
        Assert.Empty(_harness.DeadLetters);
        // Not asked for again with every batch.
        Assert.Equal(5 + 1 + 1 + 1, _harness.Pushes.Count);

        _harness.Time.Advance(TimeSpan.FromMinutes(2));
        _harness.Answer = (context, _) => SenderHarness.Reply(context, 204);
        _harness.Pushes.Clear();
        await DeliverAsync(_harness.CreateBatch(100, 5));
        Assert.Equal(5, _harness.Pushes.SelectMany(push => push.Streams).Count(stream => stream.Labels != "{service=\"overflow\"}"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Lines_without_room_even_in_the_overflow_stream_become_dead_letters_within_half_a_minute()
    {
        var ct = TestContext.Current.CancellationToken;
        _harness.Answer = (context, push) => push.Streams.Any(stream => stream.Labels is not "{service=\"service 0\"}")
            ? SenderHarness.Reply(context, 429, "maximum active stream limit exceeded when trying to create stream {}, reduce")
            : SenderHarness.Reply(context, 204);
        var start = _harness.Time.GetUtcNow();

        var delivery = DeliverAsync(_harness.CreateBatch(10, 5));
        while (await Task.WhenAny(delivery, _harness.Time.NextTimerAsync(ct).AsTask()) is Task<TimeSpan> timer)
            _harness.Time.Advance(await timer);

        await delivery;
        Assert.Equal([1, 2, 3, 4, 6, 7, 8, 9], _harness.DeadLetters);
        Assert.InRange(_harness.Time.GetUtcNow() - start, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_refusal_by_the_distributor_has_left_stored_is_not_sent_again()
    {
        _harness.Answer = (context, push) => SenderHarness.Reply(
            context, 400,
            $"entry for stream '{push.Streams[0].Labels}' has timestamp too old: {_harness.Time.GetUtcNow().AddDays(-40):yyyy-MM-ddTHH:mm:ssZ}, oldest acceptable timestamp is: {_harness.Time.GetUtcNow().AddDays(-7):yyyy-MM-ddTHH:mm:ssZ}");

        // Three hours old, now, forty days old, on a fresh stream: sent again, the first would be too far behind the second.
        await DeliverAsync(_harness.CreateBatch(3, 1,
            age: line => line switch { 0 => TimeSpan.FromHours(3), 1 => TimeSpan.Zero, _ => TimeSpan.FromDays(40) }));

        Assert.Single(_harness.Pushes);
        Assert.Equal([2], _harness.DeadLetters);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_proxy_that_finds_even_a_short_line_too_large_is_no_verdict_on_the_line()
    {
        _harness.Answer = (context, push) => _harness.Pushes.Count < 20
            ? SenderHarness.Reply(context, 413, "<html>413 Request Entity Too Large</html>")
            : SenderHarness.Reply(context, 204);

        var delivery = DeliverAsync(_harness.CreateKnownBatch(4, 1));
        while (await Task.WhenAny(delivery,
            _harness.Time.NextTimerAsync(TestContext.Current.CancellationToken).AsTask()) is Task<TimeSpan> timer)
            _harness.Time.Advance(await timer);

        await delivery;
        Assert.Empty(_harness.DeadLetters);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tenant_and_credentials_go_with_every_push()
    {
        _harness.Options.Loki.Tenant = "configured";
        _harness.Options.Loki.Username = "user";
        _harness.Options.Loki.Password = "pässword";
        List<string?> headers = [];
        _harness.Answer = (context, _) =>
        {
            headers.Add(context.Request.Headers["X-Scope-OrgID"]);
            headers.Add(context.Request.Headers.Authorization);
            headers.Add(context.Request.ContentType);
            return SenderHarness.Reply(context, 204);
        };
        await RestartAsync();
        var own = _harness.CreateBatch(1, 1);
        own.Tenant = "own"u8.ToArray();

        await DeliverAsync(_harness.CreateBatch(1, 1));
        await DeliverAsync(own);

        var basic = "Basic " + Convert.ToBase64String("user:pässword"u8);
        Assert.Equal(["configured", basic, "application/x-protobuf", "own", basic, "application/x-protobuf"], headers);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_token_that_rotates_is_read_again_for_every_push()
    {
        var ct = TestContext.Current.CancellationToken;
        var file = Path.GetTempFileName();
        try
        {
            _harness.Options.Loki.BearerTokenFile = file;
            List<string?> headers = [];
            _harness.Answer = (context, _) =>
            {
                headers.Add(context.Request.Headers.Authorization);
                return SenderHarness.Reply(context, 204);
            };
            await RestartAsync();
            foreach (var token in new[] { "first\n", "second" })
            {
                await File.WriteAllTextAsync(file, token, ct);
                await DeliverAsync(_harness.CreateBatch(1, 1));
            }

            // Half written, say: wait for better.
            await File.WriteAllTextAsync(file, "a\nb", ct);
            var delivery = DeliverAsync(_harness.CreateBatch(1, 1));
            var pause = await _harness.Time.NextTimerAsync(ct);
            await File.WriteAllTextAsync(file, "third", ct);
            _harness.Time.Advance(pause);
            await delivery;

            Assert.Equal(["Bearer first", "Bearer second", "Bearer third"], headers);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private Task DeliverAsync(Batch batch) => _harness.DeliverAsync(batch, TestContext.Current.CancellationToken);

    // Some settings are read when the client is made.
    private async Task RestartAsync()
    {
        await _harness.DisposeAsync();
        await _harness.StartAsync(TestContext.Current.CancellationToken);
    }
}
