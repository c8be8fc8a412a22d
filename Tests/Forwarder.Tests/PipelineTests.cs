using Confluent.Kafka;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Tests.Kafka;

namespace Observability.Forwarder.Tests;

public sealed class PipelineTests : IDisposable
{
    private readonly WholeLoop _loop = new();
    private readonly CancellationTokenSource _stop = new();

    public PipelineTests()
    {
        var reads = 0;
        _loop.Consumer.OnRead = _ =>
        {
            if (++reads > 1)
            {
                _stop.Cancel();
                return;
            }

            _loop.Assignment.OnAssigned([new("logs", 0)]);
            _loop.Consumer.Ready.Add(new FakeMessage(new("logs", 0), 7) { Value = FakeMessage.Pinned("a line"u8) });
        };
    }

    [Fact]
    public void It_joins_the_group_reads_until_it_is_stopped_and_then_delivers_and_hands_on_what_was_read()
    {
        _loop.WakeUp.OnWait = _ => _loop.Answer();

        _loop.Pipeline.Run(_stop.Token);

        Assert.Equal(["subscribe logs,more", "store 0@8", "detach"], _loop.Consumer.Calls);
        Assert.Equal(1, _loop.WakeUp.Waits);
    }

    [Fact]
    public void What_is_not_delivered_when_the_time_to_drain_is_over_is_given_up_and_not_handed_on()
    {
        var wasSending = false;
        var passTime = _loop.WakeUp.OnWait;
        _loop.WakeUp.OnWait = timeout =>
        {
            wasSending |= _loop.IsSending;
            passTime(timeout);
        };

        _loop.Pipeline.Run(_stop.Token);

        Assert.Equal(["subscribe logs,more", "detach"], _loop.Consumer.Calls);
        Assert.Equal((true, false), (wasSending, _loop.IsSending));
    }

    [Fact]
    public void What_cannot_be_recovered_from_ends_it_and_hands_on_nothing()
    {
        _loop.Fatal.Report(new InvalidDataException("fenced"));

        var exception = Assert.Throws<InvalidOperationException>(() => _loop.Pipeline.Run(_stop.Token));

        Assert.Equal("fenced", exception.Message);
        Assert.Equal(["subscribe logs,more", "detach"], _loop.Consumer.Calls);
    }

    /// <summary>Some of its records may be of before: see <see cref="PartitionAssignment"/>.</summary>
    [Fact]
    public void A_read_in_which_a_partition_went_and_came_back_is_thrown_away_and_the_group_joined_anew()
    {
        var firstRead = _loop.Consumer.OnRead;
        _loop.Consumer.OnRead = timeout =>
        {
            firstRead(timeout);
            if (_stop.IsCancellationRequested)
                return;

            _loop.Assignment.OnRevoked([new("logs", 0)], areLost: false);
            _loop.Assignment.OnAssigned([new("logs", 0)]);
        };

        _loop.Pipeline.Run(_stop.Token);

        Assert.Equal(["subscribe logs,more", "unsubscribe", "subscribe logs,more", "detach"], _loop.Consumer.Calls);
        Assert.Equal(0, Assert.Single(_loop.Assignment.Partitions).Offsets.Pending);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void A_batch_that_cannot_be_read_is_stepped_over_only_where_that_is_wanted(bool isWanted, int searches)
    {
        using var loop = new WholeLoop(isWanted);
        loop.Assignment.OnAssigned([new("logs", 0)]);
        loop.Consumer.Ready.Add(new FakeMessage(new("logs", 0), 7) { Error = (int)ErrorCode.Local_BadCompression });
        loop.Pipeline.Step();
        loop.Time.Advance(StallWatch.UnreadableAfter);

        loop.Pipeline.Step();

        Assert.Equal(searches, loop.Finder.Searches.Count);
    }

    [Fact]
    public void While_nothing_is_under_way_a_read_waits_for_the_first_record_alone_and_the_next_for_more()
    {
        using var loop = new WholeLoop();
        List<TimeSpan> waits = [];
        loop.Consumer.OnRead = waits.Add;
        loop.Assignment.OnAssigned([new("logs", 0)]);
        loop.Consumer.Ready.Add(new FakeMessage(new("logs", 0), 7) { Value = FakeMessage.Pinned("a line"u8) });

        loop.Pipeline.Step();
        Assert.True(loop.Consumer.WasForFirst);
        loop.Pipeline.Step();
        Assert.False(loop.Consumer.WasForFirst);

        Assert.Equal([Backlog.IdleWait, TimeSpan.FromMilliseconds(50)], waits);
    }

    /// <summary>A record that becomes a dead letter is in no batch.</summary>
    [Fact]
    public void While_a_record_is_in_doubt_that_is_in_no_batch_a_read_does_not_wait_as_if_nothing_was()
    {
        using var loop = new WholeLoop();
        loop.Assignment.OnAssigned([new("logs", 0)]);
        Assert.Single(loop.Assignment.Partitions).Offsets.Begin(7);

        loop.Pipeline.Step();

        Assert.False(loop.Consumer.WasForFirst);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _stop.Dispose();
    }
}
