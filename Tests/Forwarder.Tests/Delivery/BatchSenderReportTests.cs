using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Tests.Tracing;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>What a sender tells of its pushes: metrics, log lines, spans.</summary>
public sealed partial class BatchSenderReportTests : IDisposable
{
    private readonly SenderParts _parts = new();

    public void Dispose() => _parts.Dispose();

    [Fact]
    public async Task Each_push_is_measured_with_its_answer_and_each_that_is_to_be_sent_again_is_counted()
    {
        _parts.Loki.Answer = _ =>
        {
            _parts.Time.Advance(TimeSpan.FromSeconds(2));
            return (_parts.Loki.Pushes.Count switch { 1 => 503, 2 => 0, _ => 204 }, "words");
        };

        await _parts.DeliverAsync(_parts.Fill(["0"]));

        Assert.Equal([("503", 2), ("none", 2), ("204", 2)], _parts.Measured.Of("forwarder_push_duration"));
        Assert.Equal([("server_error", 1), ("connection", 1)], _parts.Measured.Of("forwarder_push_retries"));
        var bytes = _parts.Measured.Of("forwarder_push_bytes").Select(push => push.Value).ToList();
        Assert.Equal(3, bytes.Count);
        Assert.All(bytes, push => Assert.InRange(push, 30, 200));
    }

    [Fact]
    public async Task Pauses_double_while_no_push_passes_and_begin_anew_after_one_and_that_is_told()
    {
        _parts.Know("0");
        _parts.Loki.Answer = _ => (_parts.Loki.Pushes.Count <= 12 ? 503 : 204, "no");
        var pauses = await _parts.DeliverAsync(_parts.Fill(["0"]));
        Assert.Equal(12, pauses.Count);
        Assert.InRange(pauses[0].TotalSeconds, 0.05, 0.1);
        Assert.InRange(pauses[^1].TotalSeconds, 5, 10);

        _parts.Loki.Answer = _ => (_parts.Loki.Pushes.Count == 14 ? 503 : 204, "no");
        for (var i = 0; i < 3; i++)
            pauses.AddRange(await _parts.DeliverAsync(_parts.Fill(["0"])));
        Assert.InRange(pauses[12].TotalSeconds, 0.05, 0.1);

        Assert.Equal([.. Enumerable.Range(1, 12), 1], _parts.Log.Lines.Where(line => line.Level == LogLevel.Warning)
            .Select(line => int.Parse(AttemptPattern().Match(line.Text).Groups[1].Value, CultureInfo.InvariantCulture)));
        Assert.Equal(["Loki took a push after 12 retries", "Loki took a push after 1 retries"],
            _parts.Log.Lines.Where(line => line.Level == LogLevel.Information).Select(line => line.Text));
    }

    /// <summary>A refusal of lines is Loki at work: it is no outage any more.</summary>
    [Fact]
    public async Task A_push_whose_lines_are_refused_for_good_ends_an_outage_too()
    {
        _parts.Loki.Answer = _ => _parts.Loki.Pushes.Count == 1 ? (503, "") : (400, "stream '{}' has label value too long");

        await _parts.DeliverAsync(_parts.Fill(["0"]));

        Assert.Equal("Loki took a push after 1 retries", _parts.Log.Lines[^1].Text);
    }

    [Fact]
    public async Task Pauses_are_jittered_by_the_random_numbers_that_a_sender_is_given()
    {
        var pauses = new List<List<TimeSpan>>();
        foreach (var seed in new[] { 1, 1, 2 })
        {
            _parts.Loki.Pushes.Clear();
            _parts.Loki.Answer = _ => (_parts.Loki.Pushes.Count <= 5 ? 503 : 204, "");
            pauses.Add(await _parts.DeliverAsync(_parts.Fill(["0"]), _parts.CreateSender(_parts.Loki, seed)));
        }

        Assert.Equal(pauses[0], pauses[1]);
        Assert.NotEqual(pauses[0], pauses[2]);
    }

    [Theory]
    [InlineData("entry for stream '{__stream_shard__=\"3\"}' has timestamp too new: 2035-01-01T00:00:00Z", 1)]
    [InlineData("entry for stream '{service=\"0\"}' has timestamp too new: 2035-01-01T00:00:00Z", 0)]
    public async Task That_loki_shards_streams_is_told_once(string words, int times)
    {
        _parts.Loki.Answer = _ => (400, words);

        for (var i = 0; i < 2; i++)
            await _parts.DeliverAsync(_parts.Fill(["0"]));

        Assert.Equal(times, _parts.Log.Lines.Count(line => line.Text.Contains("shard_streams", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_span_of_a_push_says_how_large_it_was_and_what_became_of_it()
    {
        using var trace = new TraceRecorder();
        var record = new RecordTracing(new ForwarderOptions(), _parts.Time)
            .Begin(trace.Headers(), new("test-logs", 0, 0), 1)!;
        _parts.Loki.Answer = _ => (_parts.Loki.Pushes.Count switch { 1 => 503, 2 => 0, _ => 204 }, "words");

        await _parts.DeliverAsync(_parts.Fill(["0"], trace: record));

        var pushes = trace.Spans.Where(span => span.OperationName == "push").ToList();
        Assert.Equal(
            [
                (ActivityStatusCode.Error, "words", "Retry", 503, "server_error"),
                (ActivityStatusCode.Error, "words", "Retry", null, "connection"),
                (ActivityStatusCode.Unset, null, "Stored", 204, null),
            ],
            pushes.Select(push => (push.Status, push.StatusDescription, push.GetTagItem("forwarder.push.answer"),
                push.GetTagItem("http.response.status_code"), push.GetTagItem("error.type"))));
        Assert.Equal(_parts.Measured.Of("forwarder_push_bytes").Select(push => (int)push.Value),
            pushes.Select(push => (int)push.GetTagItem("forwarder.push.bytes")!));
    }

    [GeneratedRegex("status 503, attempt ([0-9]+)\\)")]
    private static partial Regex AttemptPattern();
}
