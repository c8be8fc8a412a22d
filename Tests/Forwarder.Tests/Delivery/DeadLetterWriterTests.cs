using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Kafka;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class DeadLetterWriterTests
{
    private readonly TimerRecorder _time = new();
    private readonly LogRecorder<DeadLetterWriter> _log = new();
    private readonly FakeProducer _fake;
    private readonly DeadLetterWriter _writer;
    private readonly Batch _batch = new(64);

    public DeadLetterWriterTests()
    {
        (var producer, _fake) = FakeProducer.Create();
        _writer = new(producer, Options.Create(new ForwarderOptions()), _time, _log);
    }

    [Fact]
    public async Task A_record_is_written_once_with_its_own_bytes_and_the_lines_that_were_refused()
    {
        var ct = TestContext.Current.CancellationToken;
        var record = new TestRecord(TestPartition.Create("shop", 3), 42, "a\nb\nc"u8, "key"u8.ToArray(),
            headers: [new("trace", "t"u8.ToArray()), new("null", null)]);
        var stream = TestStreams.Create("service").Get("x");
        for (var i = 0; i < 3; i++)
        {
            _batch.Add(record.Record, i, stream, i, "abc"u8.Slice(i, 1), default);
        }

        await WriteAsync(
            _batch, [new(2, "line_too_long", "not these words"), new(0, "line_too_long", "max entry size '262144' bytes exceeded")], ct);

        var (topic, message) = Assert.Single(_fake.Messages);
        Assert.Equal("dead-letters", topic);
        Assert.Equal("a\nb\nc", Encoding.UTF8.GetString(message.Value));
        Assert.Equal("key", Encoding.UTF8.GetString(message.Key));
        Assert.Equal(1_757_857_500_000, message.Timestamp.UnixTimestampMs);
        Assert.Equal(
            [
                "trace=t", "null=", "dead-letter.topic=shop", "dead-letter.partition=3", "dead-letter.offset=42",
                "dead-letter.reason=line_too_long",
                "dead-letter.message=max entry size '262144' bytes exceeded", $"dead-letter.time={_time.GetUtcNow():O}",
                "dead-letter.lines=0,2",
            ],
            message.Headers.Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.GetValueBytes() ?? [])}"));
    }

    [Fact]
    public async Task Headers_that_only_the_forwarder_writes_are_not_taken_from_a_record()
    {
        var record = new TestRecord(
            TestPartition.Create("shop", 3), 42, "x"u8, headers: [new("dead-letter.topic", "other"u8.ToArray()),
                new("forwarder.origin", "a/1/2"u8.ToArray()), new("own", "o"u8.ToArray())]);

        await WriteAsync(record.Record, "empty", "text", TestContext.Current.CancellationToken);

        var headers = Assert.Single(_fake.Messages).Message.Headers;
        Assert.Equal(["dead-letter.message", "dead-letter.offset", "dead-letter.partition", "dead-letter.reason", "dead-letter.time",
            "dead-letter.topic", "own"], headers.Select(header => header.Key).Order());
        Assert.Equal("shop", Encoding.UTF8.GetString(headers.GetLastBytes("dead-letter.topic")));
    }

    [Fact]
    public async Task A_replayed_record_that_is_refused_again_says_where_it_first_stood()
    {
        var record = new TestRecord(TestPartition.Create("shop", 3), 42, "x"u8, origin: (1, 7));

        await WriteAsync(record.Record, "empty", "text", TestContext.Current.CancellationToken);

        var headers = Assert.Single(_fake.Messages).Message.Headers;
        Assert.Equal("1/7", Encoding.UTF8.GetString(headers.GetLastBytes("dead-letter.partition")) + "/"
            + Encoding.UTF8.GetString(headers.GetLastBytes("dead-letter.offset")));
    }

    [Fact]
    public async Task A_record_too_large_for_the_topic_becomes_its_refused_lines_and_a_line_too_large_says_where_it_was()
    {
        var record = new TestRecord(TestPartition.Create("shop", 3), 42, Encoding.UTF8.GetBytes(new string('r', 600_000)),
            "key"u8.ToArray());
        var stream = TestStreams.Create("service").Get("x");
        string[] lines = ["first", new string('l', 200_000), "stored", "last"];
        for (var i = 0; i < lines.Length; i++)
            _batch.Add(record.Record, i, stream, i * 1_000_000_000L, Encoding.UTF8.GetBytes(lines[i]), default);
        _fake.MaxValue = 100_000;

        await WriteAsync(_batch, [new(0, "a", "words"), new(1, "a", "words"), new(3, "b", "others")],
            TestContext.Current.CancellationToken);

        Assert.Equal(
            ["0 line first", "1 origin -", "3 line last"],
            _fake.Messages.Select(letter => letter.Message).Select(message =>
                $"{Encoding.UTF8.GetString(message.Headers.GetLastBytes("dead-letter.lines"))} {Encoding.UTF8.GetString(message.Headers.GetLastBytes("dead-letter.form"))} "
                + (message.Value is null ? "-" : Encoding.UTF8.GetString(message.Value))).Order());
    }

    [Fact]
    public async Task Lines_next_to_each_other_are_named_as_a_range()
    {
        var record = new TestRecord(TestPartition.Create(), 0, "ten lines"u8);
        var stream = TestStreams.Create("service").Get("x");
        for (var i = 0; i < 10; i++)
            _batch.Add(record.Record, i, stream, i, "l"u8, default);

        await WriteAsync(_batch, [.. new[] { 0, 2, 3, 4, 8, 9 }.Select(line => new RefusedLine(line, "a", "words"))],
            TestContext.Current.CancellationToken);

        Assert.Equal("0,2-4,8-9", Encoding.UTF8.GetString(Assert.Single(_fake.Messages).Message.Headers.GetLastBytes("dead-letter.lines")));
    }

    [Fact]
    public async Task A_broker_that_fails_is_tried_again_until_it_has_the_record()
    {
        var ct = TestContext.Current.CancellationToken;
        _fake.Errors.Enqueue(new Error(ErrorCode.Local_MsgTimedOut));
        _fake.Errors.Enqueue(new Error(ErrorCode.NotEnoughReplicas));

        var writing = WriteAsync(new TestRecord(TestPartition.Create(), 1, "x"u8).Record, "empty", "text", ct);
        for (var i = 0; i < 2; i++)
        {
            Assert.False(writing.IsCompleted);
            _time.Advance(await _time.NextTimerAsync(ct));
        }

        await writing;
        Assert.Single(_fake.Messages);
    }

    [Fact]
    public async Task A_producer_that_is_beyond_help_is_not_tried_for_ever()
    {
        _fake.Errors.Enqueue(new Error(ErrorCode.Local_Fatal, "out of order", isFatal: true));

        await Assert.ThrowsAnyAsync<KafkaException>(() =>
            WriteAsync(new TestRecord(TestPartition.Create(), 1, "x"u8).Record, "empty", "text",
                TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_words_of_Loki_are_cut_for_they_go_with_every_record()
    {
        await WriteAsync(new TestRecord(TestPartition.Create(), 1, "x"u8).Record, "other", new string('é', 16_000),
            TestContext.Current.CancellationToken);

        var text = _fake.Messages.Single().Message.Headers.GetLastBytes(DeadLetterHeaders.Message);
        Assert.Equal(1024, text.Length);
        Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(text));
    }

    [Fact]
    public async Task Giving_up_ends_the_waiting()
    {
        using var stop = new CancellationTokenSource();
        _fake.Errors.Enqueue(new Error(ErrorCode.Local_AllBrokersDown));
        var writing = WriteAsync(new TestRecord(TestPartition.Create(), 1, "x"u8).Record, "empty", "text", stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Empty(_fake.Messages);
    }

    [Theory]
    // A tombstone has no value of its own: its letter is whole.
    [InlineData(false, "empty", null)]
    [InlineData(false, "too_large", "origin")]
    [InlineData(true, "other", null)]
    [InlineData(true, "empty", null)]
    public async Task A_letter_without_the_value_that_its_record_had_says_so(bool hasValue, string reason, string? form)
    {
        var record = new TestRecord(TestPartition.Create("shop", 3), 42, "x"u8, "key"u8.ToArray()).Record;

        await WriteAsync(hasValue ? record : WithoutValue(record), reason, "words", TestContext.Current.CancellationToken);

        var message = Assert.Single(_fake.Messages).Message;
        Assert.Equal(form, message.Headers.TryGetLastBytes(DeadLetterHeaders.Form, out var found) ? Encoding.UTF8.GetString(found) : null);
        Assert.Equal((hasValue ? "x" : null, "key"),
            (message.Value is null ? null : Encoding.UTF8.GetString(message.Value), Encoding.UTF8.GetString(message.Key)));
    }

    [Fact]
    public async Task A_record_without_lines_that_is_too_large_for_the_topic_leaves_word_of_where_it_stood()
    {
        _fake.MaxValue = 100;
        var record = new TestRecord(TestPartition.Create("shop", 3), 42, new byte[101], headers: [new("own", "o"u8.ToArray())]);

        await WriteAsync(record.Record, "undecodable", "words", TestContext.Current.CancellationToken);

        var message = Assert.Single(_fake.Messages).Message;
        Assert.Null(message.Value);
        Assert.Equal(
            ["shop", "3", "42", "origin"],
            new[] { DeadLetterHeaders.Topic, DeadLetterHeaders.Partition, DeadLetterHeaders.Offset, DeadLetterHeaders.Form }
                .Select(name => Encoding.UTF8.GetString(message.Headers.GetLastBytes(name))));
        Assert.False(message.Headers.TryGetLastBytes("own", out _));
    }

    /// <summary>Twice as many lines as are named, so that no range shortens the list: 71 KB.</summary>
    [Theory]
    [InlineData(100_000, 1)]
    [InlineData(10, 13_000)]
    public async Task A_list_of_lines_that_is_much_longer_than_the_record_is_not_written(int bytes, int letters)
    {
        var record = new TestRecord(TestPartition.Create(), 0, new byte[bytes]);
        var stream = TestStreams.Create("service").Get("x");
        for (var i = 0; i < 26_000; i++)
            _batch.Add(record.Record, i, stream, i * 2_000_000L, "l"u8, default);

        await WriteAsync(_batch, [.. Enumerable.Range(0, 13_000).Select(i => new RefusedLine(i * 2, "a", "words"))],
            TestContext.Current.CancellationToken);

        Assert.Equal(letters, _fake.Messages.Count);
    }

    [Theory]
    [InlineData(1_757_857_500_123_456_789, 1_757_857_500_123)]
    // Kafka knows no time before 1970.
    [InlineData(-1_000_000_000, 0)]
    public async Task A_line_that_stands_alone_has_its_own_time(long nanoseconds, long milliseconds)
    {
        var record = new TestRecord(TestPartition.Create(), 0, new byte[200]);
        _batch.Add(record.Record, 0, TestStreams.Create("service").Get("x"), nanoseconds, "line"u8, default);
        _fake.MaxValue = 100;

        await WriteAsync(_batch, [new(0, "a", "words")], TestContext.Current.CancellationToken);

        Assert.Equal(milliseconds, Assert.Single(_fake.Messages).Message.Timestamp.UnixTimestampMs);
    }

    [Fact]
    public async Task Letters_that_wait_for_the_broker_are_told_together_and_not_more_often_than_they_are_tried()
    {
        var ct = TestContext.Current.CancellationToken;
        for (var i = 0; i < 4; i++)
            _fake.Errors.Enqueue(new Error(ErrorCode.NotEnoughReplicas));
        var first = Enumerable.Range(0, 2)
            .Select(i => WriteLetterAsync(ct)).ToList();
        for (var i = 0; i < 2; i++)
        {
            await _time.NextTimerAsync(ct);
            await _time.NextTimerAsync(ct);
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        await Task.WhenAll(first);
        _time.Advance(TimeSpan.FromSeconds(5));
        _fake.Errors.Enqueue(new Error(ErrorCode.NotEnoughReplicas));
        var last = WriteLetterAsync(ct);
        _time.Advance(await _time.NextTimerAsync(ct));
        await last;

        Assert.Equal(["1", "2", "1"], _log.Lines.Select(line => line.Text)
            .Where(text => text.Contains("could not be written", StringComparison.Ordinal)).Select(text => text.Split(' ')[0]));
        Assert.Equal(3, _fake.Messages.Count);

        Task WriteLetterAsync(CancellationToken cancellationToken)
        {
            _batch.Clear();
            var record = new TestRecord(TestPartition.Create(), 0, "x"u8).Record;
            _batch.Add(record, 0, TestStreams.Create("service").Get("x"), 1, "x"u8, default);
            return WriteAsync(_batch, [new(0, "a", "words")], cancellationToken);
        }
    }

    [Fact]
    public async Task A_topic_full_of_tombstones_is_told_once_a_minute()
    {
        var partition = TestPartition.Create();
        for (var i = 0; i < 5; i++)
        {
            await WriteAsync(new TestRecord(partition, i, ""u8).Record, "empty", "no value", TestContext.Current.CancellationToken);
            if (i == 3)
                _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["1", "4"], _log.Lines.Select(line => line.Text.Split(' ')[0]));
        Assert.All(_log.Lines, line => Assert.EndsWith("(empty): no value", line.Text, StringComparison.Ordinal));
    }

    private static unsafe KafkaRecord WithoutValue(KafkaRecord record) => record with { Value = null, ValueLength = 0 };

    private Task WriteAsync(KafkaRecord record, string reason, string words, CancellationToken cancellationToken) =>
        _writer.WriteAsync(new DeadLetter(in record, reason, words), cancellationToken);

    private Task WriteAsync(Batch batch, RefusedLine[] refused, CancellationToken cancellationToken)
    {
        var letter = new DeadLetter(batch, 0);
        foreach (var line in refused)
            letter.Add(batch, line);
        letter.Close();
        return _writer.WriteAsync(letter, cancellationToken);
    }
}
