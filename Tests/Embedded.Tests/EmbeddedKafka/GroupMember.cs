using Confluent.Kafka;

namespace Observability.Embedded.Tests.EmbeddedKafka;

/// <summary>A consumer of a group, polled without a pause on a thread of its own, that tells what it was assigned and what it
/// read.</summary>
internal sealed class GroupMember : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<int> _partitions = [];
    private readonly List<string> _values = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly IConsumer<Ignore, string> _consumer;
    private readonly Task _polling;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GroupMember(ConsumerConfig config, string topic)
    {
        _consumer = new ConsumerBuilder<Ignore, string>(config)
            .SetLogHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, assigned) => Change(() => _partitions.UnionWith(assigned.Select(p => p.Partition.Value))))
            .SetPartitionsRevokedHandler((_, revoked) => Change(() => _partitions.ExceptWith(revoked.Select(p => p.Partition.Value))))
            .SetPartitionsLostHandler((_, lost) => Change(() => _partitions.ExceptWith(lost.Select(p => p.Partition.Value))))
            .Build();
        _consumer.Subscribe(topic);
        _polling = Task.Factory.StartNew(Poll, TaskCreationOptions.LongRunning);
    }

    /// <summary>The partitions that the member has now.</summary>
    public IReadOnlyCollection<int> Partitions
    {
        get
        {
            lock (_lock)
                return [.. _partitions];
        }
    }

    /// <summary>What the member has read so far.</summary>
    public IReadOnlyList<string> Values
    {
        get
        {
            lock (_lock)
                return [.. _values];
        }
    }

    public Task HasPartitionsAsync(int count, CancellationToken ct) => UntilAsync(() => Partitions.Count == count, ct);

    public Task HasReadAsync(int count, CancellationToken ct) => UntilAsync(() => Values.Count >= count, ct);

    /// <summary>Commits and leaves the group, as a well-behaved client does.</summary>
    public async Task LeaveAsync()
    {
        await StopPollingAsync();
        _consumer.Close();
        _consumer.Dispose();
    }

    /// <summary>Goes away without a word to the broker, as a killed process does: neither commit nor leave.</summary>
    public async Task DieAsync()
    {
        await StopPollingAsync();
        _consumer.Dispose();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _polling.GetAwaiter().GetResult();
        _consumer.Dispose();
    }

    private async Task StopPollingAsync()
    {
        await _stop.CancelAsync();
        await _polling;
    }

    private void Poll()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(TimeSpan.FromMilliseconds(20)) is { } result)
                    Change(() => _values.Add(result.Message.Value));
            }
            catch (ConsumeException)
            {
                // An injected fault; librdkafka carries on by itself.
            }
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    private async Task UntilAsync(Func<bool> condition, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
                changed = _changed.Task;
            if (condition())
                return;
            await changed.WaitAsync(ct);
        }
    }
}
