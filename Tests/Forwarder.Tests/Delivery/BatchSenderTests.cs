using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Tests.Batching;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class BatchSenderTests : IAsyncLifetime
{
    private readonly SenderHarness _harness = new();

    public async ValueTask InitializeAsync() => await _harness.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_batch_is_one_push_with_its_lines_by_stream_and_in_order()
    {
        await DeliverAsync(SenderHarness.CreateBatch(100, 3));

        var push = Assert.Single(_harness.Pushes);
        Assert.Equal(3, push.Streams.Count);
        Assert.Equal(Enumerable.Range(0, 100), SenderHarness.Lines(push).Order());
        Assert.All(push.Streams, stream => Assert.Equal(stream.Entries.Select(entry => entry.Timestamp.Nanos).Order(), stream.Entries.Select(entry => entry.Timestamp.Nanos)));
        Assert.Empty(_harness.DeadLetters);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_stream_a_push_when_so_configured()
    {
        _harness.Options.Loki.OneStreamPerPush = true;

        await DeliverAsync(SenderHarness.CreateBatch(100, 5));

        Assert.Equal(5, _harness.Pushes.Count);
        Assert.All(_harness.Pushes, push => Assert.Single(push.Streams));
        Assert.Equal(Enumerable.Range(0, 100), _harness.Pushes.SelectMany(SenderHarness.Lines).Order());
    }

    /// <summary>Loki stores the valid lines of a push that it answers with 400, and says of how many lines it thinks so.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Exactly_the_refused_lines_become_dead_letters_and_each_of_them_once() =>
        await Gen.Select(Gen.Int[1, 80], Gen.Int[1, 5], Gen.Bool.Array[80], Gen.Bool).SampleAsync(
            async input =>
            {
                var (lines, streams, isBad, saysHowMany) = input;
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
                        : SenderHarness.Reply(context, 400, saysHowMany ? $"{bad} errors like: entry for stream '{{}}' has timestamp too old: then" : "a refusal");
                };

                await harness.Sender.DeliverAsync(SenderHarness.CreateBatch(lines, streams), TestContext.Current.CancellationToken);

                Assert.Equal(Enumerable.Range(0, lines).Where(line => isBad[line]), harness.DeadLetters);
                Assert.Equal(Enumerable.Range(0, lines).Where(line => !isBad[line]), stored.Keys.Order());
            },
            iter: 15,
            threads: 1);

    [Fact(Timeout = 60_000)]
    public async Task A_refusal_of_all_needs_no_search()
    {
        _harness.Answer = (context, push) => SenderHarness.Reply(context, 400, $"{SenderHarness.Lines(push).Count()} errors like: too old");

        await DeliverAsync(SenderHarness.CreateBatch(1000, 4));

        Assert.Single(_harness.Pushes);
        Assert.Equal(Enumerable.Range(0, 1000), _harness.DeadLetters);
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
            record.Context.LineIndex = i;
            batch.Add(record.Context, stream, i, Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)), default);
        }

        _harness.Answer = (context, push) => SenderHarness.Lines(push).Any(line => line != 1) ? SenderHarness.Reply(context, 400, "no") : SenderHarness.Reply(context, 204);

        await DeliverAsync(batch);

        // The offenders are found one by one, and each is a letter of its own.
        Assert.Equal(["0", "2"], _harness.Producer.Messages.Select(letter => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes("dead-letter.lines"))));
        Assert.Equal(2, batch.Records[0].DeadLines);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(413, "request body too large")]
    [InlineData(500, "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5000000 vs. 4194304)")]
    public async Task What_is_too_large_is_split_until_it_passes(int status, string text)
    {
        _harness.Answer = (context, push) => SenderHarness.Lines(push).Count() > 10 ? SenderHarness.Reply(context, status, text) : SenderHarness.Reply(context, 204);

        await DeliverAsync(SenderHarness.CreateBatch(100, 3));

        Assert.Equal(Enumerable.Range(0, 100), _harness.Pushes.Where(push => SenderHarness.Lines(push).Count() <= 10).SelectMany(SenderHarness.Lines).Order());
        Assert.Empty(_harness.DeadLetters);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_single_line_that_is_too_large_is_a_dead_letter()
    {
        _harness.Answer = (context, push) => SenderHarness.Lines(push).Contains(7) ? SenderHarness.Reply(context, 413, "too large") : SenderHarness.Reply(context, 204);

        await DeliverAsync(SenderHarness.CreateBatch(20, 1));

        Assert.Equal([7], _harness.DeadLetters);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_that_no_push_can_hold_is_not_even_sent()
    {
        await DeliverAsync(SenderHarness.CreateBatch(1, 1, _ => new string('7', 5_000_000)));

        Assert.Empty(_harness.Pushes);
        Assert.Equal([0], _harness.DeadLetters);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(260)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(401)]
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

        var delivery = DeliverAsync(SenderHarness.CreateBatch(10, 2));
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
            context.Response.Headers.RetryAfter = _harness.Pushes.Count == 1 ? "37" : _harness.Time.GetUtcNow().AddSeconds(45).ToString("R", CultureInfo.InvariantCulture);
            return SenderHarness.Reply(context, _harness.Pushes.Count > 2 ? 204 : status);
        };

        var delivery = DeliverAsync(SenderHarness.CreateBatch(1, 1));
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

        var delivery = DeliverAsync(SenderHarness.CreateBatch(1, 1));
        _harness.Time.Advance(await _harness.Time.NextTimerAsync(ct));

        await delivery;
        Assert.Equal(2, _harness.Pushes.Count);
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
        var delivery = DeliverAsync(SenderHarness.CreateBatch(1, 1));
        _harness.Time.Advance(await _harness.Time.NextTimerAsync(ct));

        await delivery;
        Assert.Equal(2, _harness.Pushes.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Giving_up_leaves_at_once()
    {
        using var stop = new CancellationTokenSource();
        _harness.Answer = (context, _) => SenderHarness.Reply(context, 503);

        var delivery = _harness.Sender.DeliverAsync(SenderHarness.CreateBatch(1, 1), stop.Token);
        await _harness.Time.NextTimerAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
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
        var own = SenderHarness.CreateBatch(1, 1);
        own.Tenant = "own"u8.ToArray();

        await DeliverAsync(SenderHarness.CreateBatch(1, 1));
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
                await DeliverAsync(SenderHarness.CreateBatch(1, 1));
            }

            // Half written, say: wait for better.
            await File.WriteAllTextAsync(file, "a\nb", ct);
            var delivery = DeliverAsync(SenderHarness.CreateBatch(1, 1));
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

    private Task DeliverAsync(Batch batch) => _harness.Sender.DeliverAsync(batch, TestContext.Current.CancellationToken);

    // Some settings are read when the client is made.
    private async Task RestartAsync()
    {
        await _harness.DisposeAsync();
        await _harness.StartAsync(TestContext.Current.CancellationToken);
    }
}
