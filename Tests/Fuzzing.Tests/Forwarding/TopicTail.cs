using Confluent.Kafka;

namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>Everything that was ever written to some topics: read while it comes, since the embedded broker keeps little.</summary>
internal sealed class TopicTail : IDisposable
{
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly List<ConsumeResult<byte[], byte[]>> _records = [];
    private readonly Dictionary<TopicPartition, long> _next;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    public TopicTail(string servers, params IEnumerable<TopicPartition> partitions)
    {
        _next = partitions.ToDictionary(partition => partition, _ => 0L);
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = servers,
            GroupId = "judge",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            FetchWaitMaxMs = 50,
            FetchQueueBackoffMs = 10,
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 200,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        _consumer.Assign(_next.Keys.Select(partition => new TopicPartitionOffset(partition, 0)));
        _thread = new Thread(Run) { IsBackground = true, Name = "tail" };
        _thread.Start();
    }

    /// <summary>What was written and could not be read: the judge itself came too late.</summary>
    public string? Gap { get; private set; }

    /// <summary>Records so far.</summary>
    public int Count
    {
        get
        {
            lock (_records)
                return _records.Count;
        }
    }

    /// <summary>The records so far, from some on.</summary>
    public List<ConsumeResult<byte[], byte[]>> Read(int from = 0)
    {
        lock (_records)
            return _records[from..];
    }

    /// <summary>Whether everything up to some ends was read.</summary>
    public bool HasRead(IReadOnlyDictionary<TopicPartition, Offset> ends)
    {
        lock (_records)
            return ends.All(end => _next[end.Key] >= end.Value.Value);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _consumer.Close();
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } record)
                    continue;
                lock (_records)
                {
                    if (record.Offset != _next[record.TopicPartition])
                        Gap ??= $"{record.TopicPartition}: {record.Offset} follows {_next[record.TopicPartition] - 1}";
                    _next[record.TopicPartition] = record.Offset + 1;
                    _records.Add(record);
                }
            }
            catch (ConsumeException)
            {
                // The broker is away for a while.
            }
        }
    }
}
