using Observability.Forwarder.Batching;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests;

public sealed class BacklogTests : IDisposable
{
    private readonly LoopParts _parts = new();

    [Fact]
    public void A_batch_within_the_budget_is_sent_without_a_wait()
    {
        _parts.Backlog.Send(new Batch(64));

        Assert.Equal(0, _parts.WakeUp.Waits);
        Assert.True(_parts.Backlog.WaitingBytes > 0);
    }

    [Fact]
    public void A_batch_far_over_the_budget_waits_for_an_answer()
    {
        _parts.WakeUp.OnWait = _ =>
        {
            if (_parts.WakeUp.Waits == 3)
                _parts.Answer();
        };

        _parts.Backlog.Send(Large());

        Assert.Equal(3, _parts.WakeUp.Waits);
        Assert.Equal(0, _parts.Backlog.WaitingBytes);
        Assert.Equal(0, _parts.Metrics.BufferedBytes);
    }

    [Fact]
    public void A_stop_ends_the_wait_for_room()
    {
        using var stop = new CancellationTokenSource();
        _parts.Backlog.Stopping = stop.Token;
        _parts.WakeUp.OnWait = _ => stop.Cancel();

        _parts.Backlog.Send(Large());

        Assert.Equal(1, _parts.WakeUp.Waits);
    }

    [Fact]
    public void A_fault_ends_the_wait_for_room()
    {
        _parts.WakeUp.OnWait = _ => _parts.Fatal.Report(new InvalidDataException("broken"));

        _parts.Backlog.Send(Large());

        Assert.Equal(1, _parts.WakeUp.Waits);
    }

    [Fact]
    public void A_long_wait_for_room_shows_as_a_pause_and_the_upkeep_goes_on_meanwhile()
    {
        var partition = _parts.Assign();
        partition.Offsets.Complete(partition.Offsets.Begin(7));
        List<bool> shown = [];
        _parts.WakeUp.OnWait = _ =>
        {
            shown.Add(_parts.Metrics.IsPaused);
            _parts.Time.Advance(FlowControl.PauseAfter / 2);
            if (_parts.WakeUp.Waits == 5)
                _parts.Answer();
        };

        _parts.Backlog.Send(Large());

        Assert.Equal([false, false, true, true, true], shown);
        Assert.True(_parts.Metrics.IsPaused);
        Assert.Equal(["store 0@8"], _parts.Consumer.Calls);
    }

    [Fact]
    public void A_read_waits_until_the_open_batch_is_old_but_not_longer_than_50_milliseconds()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(50), _parts.Backlog.ReadTimeout());

        _parts.Write(_parts.Assign(), 7);
        _parts.Time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal(TimeSpan.FromMilliseconds(15), _parts.Backlog.ReadTimeout());
    }

    [Fact]
    public void A_batch_that_is_not_old_waits_for_more_lines()
    {
        _parts.Write(_parts.Assign(), 7);
        _parts.Backlog.Work();
        Assert.Equal(0, _parts.Backlog.WaitingBytes);

        _parts.Time.Advance(_parts.Options.Batch.MaxAge);
        _parts.Backlog.Work();

        Assert.True(_parts.Backlog.WaitingBytes > 0);
    }

    [Fact]
    public void While_all_senders_are_busy_an_old_batch_fills_up_rather_than_leaves()
    {
        _parts.Write(_parts.Assign(), 7);
        _parts.Backlog.Send(new Batch(64));
        _parts.Backlog.Send(new Batch(64));
        var waiting = _parts.Backlog.WaitingBytes;
        _parts.Time.Advance(TimeSpan.FromSeconds(1));

        _parts.Backlog.Work();

        Assert.Equal(waiting, _parts.Backlog.WaitingBytes);
        Assert.Equal(TimeSpan.FromMilliseconds(50), _parts.Backlog.ReadTimeout());
        Assert.True(_parts.Metrics.BufferedBytes > waiting);
        _parts.Answer();
        _parts.Backlog.Work();
        Assert.True(_parts.Backlog.WaitingBytes > 0);
        Assert.Equal(_parts.Backlog.WaitingBytes, _parts.Metrics.BufferedBytes);
    }

    [Fact]
    public void Delivering_ends_when_all_lines_of_the_partitions_are_stored()
    {
        var partition = _parts.Assign();
        _parts.Write(partition, 7);
        _parts.WakeUp.OnWait = _ => _parts.Answer();

        _parts.Backlog.Deliver([partition], TimeSpan.Zero);

        Assert.Equal(0, partition.Offsets.Pending);
        Assert.Equal(1, _parts.WakeUp.Waits);
    }

    [Fact]
    public void Delivering_ends_after_the_drain_timeout_when_Loki_does_not_answer()
    {
        var partition = _parts.Assign();
        _parts.Write(partition, 7);
        _parts.WakeUp.OnWait = _ => _parts.Time.Advance(TimeSpan.FromSeconds(1));

        _parts.Backlog.Deliver([partition], TimeSpan.Zero);

        Assert.Equal(15, _parts.WakeUp.Waits);
        Assert.Equal(1, partition.Offsets.Pending);
    }

    [Fact]
    public void Delivering_waits_no_longer_than_it_is_told_when_nothing_but_what_is_set_aside_is_left()
    {
        var partition = _parts.Assign();
        partition.Offsets.Begin(7);
        _parts.WakeUp.OnWait = _ => _parts.Time.Advance(TimeSpan.FromSeconds(1));

        _parts.Backlog.Deliver([partition], TimeSpan.FromSeconds(2));

        Assert.Equal(2, _parts.WakeUp.Waits);
    }

    public void Dispose() => _parts.Dispose();

    private static Batch Large() => new(3_000_000);
}
