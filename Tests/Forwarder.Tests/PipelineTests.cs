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

    public void Dispose()
    {
        _loop.Dispose();
        _stop.Dispose();
    }
}
