using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class SenderPoolTests : IDisposable
{
    private readonly List<ManualSender> _senders = [];
    private readonly WakeUp _wakeUp = new();
    private readonly FatalError _fatal = new();
    private readonly QueuedTaskScheduler _scheduler = new();
    private readonly SenderPool _pool;

    public SenderPoolTests()
    {
        // What a test completes then goes on when the scheduler is run, on the test's own thread.
        SynchronizationContext.SetSynchronizationContext(null);
        _pool = new(2, CreateSender, _wakeUp, _fatal, _scheduler);
    }

    [Fact]
    public void As_many_batches_are_under_way_as_there_are_senders()
    {
        for (var i = 0; i < 3; i++)
            _pool.Send(new Batch(64));
        _scheduler.RunAll();

        Assert.Equal(2, _senders.Count(sender => sender.IsSending));
        Assert.Equal(3, _pool.InFlight);
        Assert.True(_pool.IsBusy);
    }

    [Fact]
    public void A_batch_counts_until_it_is_taken_back()
    {
        var batch = new Batch(64);
        _pool.Send(batch);
        _scheduler.RunAll();
        Assert.Equal((1, batch.Capacity), (_pool.InFlight, _pool.InFlightBytes));
        Assert.False(_pool.TryTakeDelivered(out _));

        Sending().Complete();
        _scheduler.RunAll();

        Assert.Equal(1, _pool.InFlight);
        Assert.True(_pool.TryTakeDelivered(out var delivered));
        Assert.Same(batch, delivered);
        Assert.Equal((0, 0L), (_pool.InFlight, _pool.InFlightBytes));
    }

    [Fact]
    public void A_sender_goes_on_with_the_next_batch()
    {
        var batches = Enumerable.Range(0, 5).Select(_ => new Batch(64)).ToList();
        batches.ForEach(_pool.Send);
        List<Batch> delivered = [];
        for (var i = 0; i < 5; i++)
        {
            _scheduler.RunAll();
            Sending().Complete();
            _scheduler.RunAll();
            while (_pool.TryTakeDelivered(out var batch))
                delivered.Add(batch);
        }

        Assert.Equal(batches.ToHashSet(), delivered.ToHashSet());
    }

    [Fact]
    public void A_batch_sent_after_a_pause_finds_a_sender_again()
    {
        for (var i = 0; i < 3; i++)
        {
            _pool.Send(new Batch(64));
            _scheduler.RunAll();
            Sending().Complete();
            _scheduler.RunAll();
            Assert.True(_pool.TryTakeDelivered(out _));
        }
    }

    [Fact]
    public void A_sender_that_fails_is_a_fault_of_the_whole_and_its_batch_does_not_come_back()
    {
        _pool.Send(new Batch(64));
        _scheduler.RunAll();

        Sending().Fail(new InvalidDataException("broken"));
        _scheduler.RunAll();

        var fatal = Assert.Throws<InvalidOperationException>(_fatal.ThrowIfReported);
        Assert.IsType<InvalidDataException>(fatal.InnerException);
        Assert.False(_pool.TryTakeDelivered(out _));
    }

    [Fact]
    public void What_is_given_up_does_not_come_back_and_is_no_fault()
    {
        _pool.Send(new Batch(64));
        _pool.Send(new Batch(64));
        _scheduler.RunAll();

        _pool.GiveUp();

        Assert.False(_pool.TryTakeDelivered(out _));
        _fatal.ThrowIfReported();
    }

    /// <summary>Otherwise its pushes would go on while the partitions are somebody else's already.</summary>
    [Fact]
    public async Task Giving_up_returns_when_the_senders_have_stopped()
    {
        var sender = new SlowToStopSender();
        using var pool = new SenderPool(1, () => sender, _wakeUp, _fatal, TaskScheduler.Default);
        pool.Send(new Batch(64));
        await sender.Begun;

        pool.GiveUp();

        Assert.True(sender.HasStopped);
    }

    [Fact]
    public void A_sender_that_cannot_be_made_fails_at_once() =>
        Assert.Throws<FormatException>(() => new SenderPool(1, () => throw new FormatException(), _wakeUp, _fatal, _scheduler));

    /// <summary>A sender that has just found nothing to do is not idle yet, and looks once more when it is.</summary>
    [Fact]
    public void A_batch_that_comes_while_a_sender_runs_out_of_work_does_not_wait_for_the_next_one()
    {
        using var pool = new SenderPool(1, () => new NoSender(), _wakeUp, _fatal, TaskScheduler.Default);
        var batch = new Batch(64);
        for (var i = 0; i < 20_000; i++)
        {
            pool.Send(batch);
            // Sent again the moment it is back, while the sender looks for more.
            Assert.True(SpinWait.SpinUntil(() => pool.TryTakeDelivered(out _), TimeSpan.FromSeconds(20)), $"Batch {i} does not come back.");
        }
    }

    [Fact]
    public void Late_batches_count_among_those_under_way_but_not_for_the_memory_of_all()
    {
        _pool.Send(new Batch(64) { IsLate = true });

        Assert.Equal((1, 0L), (_pool.InFlight, _pool.InFlightBytes));
    }

    [Fact]
    public void A_batch_that_comes_back_or_a_sender_that_fails_ends_the_wait_for_it()
    {
        foreach (var end in new Action<ManualSender>[] { sender => sender.Complete(), sender => sender.Fail(new FormatException()) })
        {
            _pool.Send(new Batch(64));
            _scheduler.RunAll();
            _wakeUp.Wait(TimeSpan.Zero);
            end(Sending());
            _scheduler.RunAll();

            var start = TimeProvider.System.GetTimestamp();
            _wakeUp.Wait(TimeSpan.FromSeconds(20));
            Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(15));
        }
    }

    [Fact]
    public void After_giving_up_no_batch_is_begun()
    {
        _pool.Send(new Batch(64));
        _pool.GiveUp();
        _scheduler.RunAll();
        _pool.Send(new Batch(64));
        _scheduler.RunAll();

        Assert.True(_pool.GivenUp.IsCancellationRequested);
        Assert.DoesNotContain(_senders, sender => sender.IsSending);
        Assert.False(_pool.TryTakeDelivered(out _));
    }

    public void Dispose()
    {
        _pool.Dispose();
        _wakeUp.Dispose();
    }

    private ManualSender Sending() => _senders.First(sender => sender.IsSending);

    private ManualSender CreateSender()
    {
        _senders.Add(new ManualSender());
        return _senders[^1];
    }
}
