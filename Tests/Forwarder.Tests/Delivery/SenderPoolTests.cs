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

    [Fact]
    public void A_sender_that_cannot_be_made_fails_at_once() =>
        Assert.Throws<FormatException>(() => new SenderPool(1, () => throw new FormatException(), _wakeUp, _fatal, _scheduler));

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
