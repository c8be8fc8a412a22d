using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Replay;
using Observability.Forwarder.Tests.Delivery;

namespace Observability.Forwarder.Tests.Replay;

public sealed class DeadLetterReplayTests
{
    private readonly FakeProducer _sent;
    private readonly FakeTopic _topic;
    private readonly DeadLetterReplay _replay;

    public DeadLetterReplayTests()
    {
        (var producer, _sent) = FakeProducer.Create();
        (var consumer, _topic) = FakeTopic.Create();
        _replay = new DeadLetterReplay(consumer, producer, "dead-letters");
    }

    /// <summary>A commit is a round trip: one a letter would make hours of a hundred thousand.</summary>
    [Fact]
    public async Task A_hundred_thousand_letters_take_a_commit_a_thousand_and_are_sent_once()
    {
        const int Letters = 100_000;
        for (var i = 0; i < Letters; i++)
            _topic.Append(i % 4, Letter(i));

        var result = await RunAsync();

        Assert.Equal(Letters, result.Replayed.Values.Sum());
        Assert.Equal(Enumerable.Range(0, Letters), _sent.Messages.Select(sent => BitConverter.ToInt32(sent.Message.Value)).Order());
        // The last one of each of the four partitions may be of less.
        Assert.InRange(_topic.Commits.Count, 4, (Letters / DeadLetterReplay.CommitEvery) + 4);
        Assert.Equal(0, (await RunAsync()).Replayed.Values.Sum());
    }

    [Fact]
    public async Task What_was_not_sent_is_not_committed()
    {
        for (var i = 0; i < 1500; i++)
            _topic.Append(0, Letter(i));
        for (var i = 0; i < 1000; i++)
            _sent.Errors.Enqueue(new Error(i == 999 ? ErrorCode.TopicAuthorizationFailed : ErrorCode.NoError));

        await Assert.ThrowsAnyAsync<KafkaException>(RunAsync);

        Assert.Empty(_topic.Commits);
    }

    [Fact]
    public async Task The_limit_bounds_what_is_sent_and_what_is_committed()
    {
        for (var i = 0; i < 20; i++)
            _topic.Append(i % 2, Letter(i));

        var result = await _replay.RunAsync(_topic.Partitions, 12, dryRun: false, TestContext.Current.CancellationToken);

        Assert.Equal((12L, 12), (result.Replayed.Values.Sum(), _sent.Messages.Count));
        Assert.Equal([10L, 2L], _topic.Commits.Select(commit => commit.Offset.Value));
    }

    [Fact]
    public async Task A_dry_run_sends_and_commits_nothing()
    {
        _topic.Append(0, Letter(1));

        var result = await _replay.RunAsync(_topic.Partitions, long.MaxValue, dryRun: true, TestContext.Current.CancellationToken);

        Assert.Equal(1, result.Replayed.Values.Sum());
        Assert.Empty(_sent.Messages);
        Assert.Empty(_topic.Commits);
    }

    [Fact]
    public async Task Letters_are_committed_a_thousand_at_a_time()
    {
        for (var i = 0; i < 2500; i++)
            _topic.Append(0, Letter(i));

        await RunAsync();

        Assert.Equal([1000L, 2000L, 2500L], _topic.Commits.Select(commit => commit.Offset.Value));
    }

    [Fact]
    public async Task What_is_replayed_already_or_beyond_the_limit_is_not_even_read()
    {
        for (var i = 0; i < 20; i++)
            _topic.Append(i % 2, Letter(i));

        await _replay.RunAsync(_topic.Partitions, 10, dryRun: false, TestContext.Current.CancellationToken);
        Assert.Equal([(0, 0L)], Places(_topic.Starts));
        Assert.Equal([(0, 10L)], Places(_topic.Commits));

        await RunAsync();
        Assert.Equal([(0, 0L), (1, 0L)], Places(_topic.Starts));
        Assert.Equal([(0, 10L), (1, 10L)], Places(_topic.Commits));
        Assert.Equal(20, _sent.Messages.Count);

        static IEnumerable<(int, long)> Places(IEnumerable<TopicPartitionOffset> places) =>
            places.Select(place => (place.Partition.Value, place.Offset.Value));
    }

    [Fact]
    public async Task Letters_that_the_topic_has_deleted_meanwhile_are_stepped_over()
    {
        for (var i = 0; i < 20; i++)
            _topic.Append(0, Letter(i));
        await _replay.RunAsync(_topic.Partitions, 5, dryRun: false, TestContext.Current.CancellationToken);
        _topic.Low = 12;

        var result = await RunAsync();

        Assert.Equal(12, _topic.Starts[^1].Offset.Value);
        Assert.Equal(8, result.Replayed.Values.Sum());
    }

    [Fact]
    public async Task A_replayed_record_has_its_own_bytes_and_headers_and_says_where_it_stood_and_which_lines_are_wanted()
    {
        var letter = Letter(7);
        (letter.Key, letter.Timestamp) = ("key"u8.ToArray(), new Timestamp(1_757_857_500_000, TimestampType.CreateTime));
        letter.Headers.Add("trace", "t"u8.ToArray());
        letter.Headers.Add("null", null);
        letter.Headers.Add("forwarder.origin", "another/1/2"u8.ToArray());
        letter.Headers.Add(DeadLetterHeaders.Lines, "0,4-7"u8.ToArray());
        _topic.Append(0, letter);

        await RunAsync();

        var (topic, message) = Assert.Single(_sent.Messages);
        Assert.Equal(("test-logs", letter.Key, letter.Value, letter.Timestamp), (topic, message.Key, message.Value, message.Timestamp));
        Assert.Equal(["trace=t", "null=", "forwarder.origin=test-logs/3/7", "forwarder.lines=0,4-7"],
            message.Headers.Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.GetValueBytes() ?? [])}"));
    }

    /// <summary>A line that stands alone is all that there is of its record now.</summary>
    [Fact]
    public async Task Of_a_line_that_stands_alone_all_is_wanted()
    {
        var letter = Letter(7);
        letter.Headers.Add(DeadLetterHeaders.Form, "line"u8.ToArray());
        letter.Headers.Add(DeadLetterHeaders.Lines, "4"u8.ToArray());
        _topic.Append(0, letter);

        await RunAsync();

        Assert.Equal([DeadLetterHeaders.Origin], Assert.Single(_sent.Messages).Message.Headers.Select(header => header.Key));
    }

    [Theory]
    [InlineData(DeadLetterHeaders.Topic, null)]
    [InlineData(DeadLetterHeaders.Topic, "")]
    [InlineData(DeadLetterHeaders.Topic, "dead-letters")]
    [InlineData(DeadLetterHeaders.Partition, null)]
    [InlineData(DeadLetterHeaders.Partition, "-1")]
    [InlineData(DeadLetterHeaders.Offset, "many")]
    [InlineData(DeadLetterHeaders.Form, "origin")]
    public async Task What_the_forwarder_did_not_write_or_holds_no_record_is_stepped_over(string header, string? value)
    {
        var letter = Letter(7);
        letter.Headers.Remove(header);
        letter.Headers.Add(header, value is null ? null : Encoding.UTF8.GetBytes(value));
        _topic.Append(0, letter);
        _topic.Append(0, new() { Value = "no headers"u8.ToArray() });
        _topic.Append(0, Letter(8));

        var result = await RunAsync();

        Assert.Equal((2L, 1L), (result.SteppedOver, result.Replayed.Values.Sum()));
        Assert.Equal(8, BitConverter.ToInt32(Assert.Single(_sent.Messages).Message.Value));
        Assert.Equal(3, _topic.Commits[^1].Offset.Value);
    }

    [Fact]
    public async Task Letters_are_counted_by_topic_and_reason()
    {
        for (var i = 0; i < 3; i++)
            _topic.Append(0, Letter(i));
        var without = Letter(4);
        without.Headers.Remove(DeadLetterHeaders.Reason);
        _topic.Append(0, without);

        var result = await RunAsync();

        Assert.Equal([(("test-logs", ""), 1L), (("test-logs", "other"), 3L)],
            result.Replayed.Select(entry => (entry.Key, entry.Value)).Order());
        Assert.Equal(0, result.SteppedOver);
    }

    [Fact]
    public async Task A_broker_that_gives_nothing_ends_the_replay_and_its_partition_is_named()
    {
        _topic.Append(3, Letter(0));
        _topic.IsSilent = true;

        var exception = await Assert.ThrowsAnyAsync<KafkaException>(RunAsync);

        Assert.Equal("dead-letters [[3]] gave nothing for 30 s", exception.Error.Reason);
    }

    [Fact]
    public async Task A_replay_that_is_stopped_sends_no_more_and_commits_what_it_has_sent()
    {
        using var stop = new CancellationTokenSource();
        _topic.Append(0, Letter(0));
        _topic.Append(0, Letter(1));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _replay.RunAsync(_topic.Partitions, long.MaxValue, dryRun: false, stop.Token));

        Assert.Empty(_sent.Messages);
        Assert.All(_topic.Commits, commit => Assert.Equal(0, commit.Offset.Value));
    }

    private Task<ReplayResult> RunAsync() =>
        _replay.RunAsync(_topic.Partitions, long.MaxValue, dryRun: false, TestContext.Current.CancellationToken);

    private static Message<byte[], byte[]> Letter(int number) => new()
    {
        Value = BitConverter.GetBytes(number),
        Headers = new Headers
        {
            { DeadLetterHeaders.Topic, "test-logs"u8.ToArray() },
            { DeadLetterHeaders.Partition, "3"u8.ToArray() },
            { DeadLetterHeaders.Offset, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)) },
            { DeadLetterHeaders.Reason, "other"u8.ToArray() },
        },
    };
}
