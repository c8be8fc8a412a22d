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
