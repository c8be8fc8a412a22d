using Confluent.Kafka;
using Google.Protobuf;
using Observability.Embedded.EmbeddedKafka;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.AllInOne.Scenarios;

/// <summary>Reads the collector's topic all the time, and knows how often each numbered line is there.</summary>
internal sealed class TopicReader : IDisposable
{
    private const int Partitions = 4;

    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly List<long> _arrivals = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IConsumer<Ignore, byte[]> _consumer;
    private readonly TimeProvider _time;
    private readonly Task _reading;

    public TopicReader(EmbeddedKafkaBroker broker, TimeProvider time)
    {
        _time = time;
        _consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = "scenario",
            EnableAutoCommit = false,
            FetchWaitMaxMs = 20,
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 200,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        _consumer.Assign(Enumerable.Range(0, Partitions)
            .Select(partition => new TopicPartitionOffset(Topics.Alloy, partition, Offset.Beginning)));
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The topic as the broker must have it.</summary>
    public static EmbeddedKafkaOptions Broker(int port) => new() { Port = port, Topics = { [Topics.Alloy] = Partitions } };

    /// <summary>How often lines are there.</summary>
    public Dictionary<string, int> Seen()
    {
        lock (_lock)
            return new(_seen, StringComparer.Ordinal);
    }

    /// <summary>How long after a moment the first record came; null when none did.</summary>
    public TimeSpan? FirstAfter(long moment)
    {
        lock (_lock)
            return _arrivals.Find(arrival => arrival >= moment) is > 0 and var first ? _time.GetElapsedTime(moment, first) : null;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _reading.Wait();
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Read()
    {
        while (!_stop.IsCancellationRequested)
        {
            ConsumeResult<Ignore, byte[]> record;
            try
            {
                record = _consumer.Consume(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ConsumeException)
            {
                continue;
            }

            lock (_lock)
            {
                _arrivals.Add(_time.GetTimestamp());
                foreach (var line in Lines(record.Message.Value))
                    _seen[line] = _seen.GetValueOrDefault(line) + 1;
            }
        }
    }

    private static IEnumerable<string> Lines(byte[] value)
    {
        ExportLogsServiceRequest request;
        try
        {
            request = ExportLogsServiceRequest.Parser.ParseFrom(value);
        }
        catch (InvalidProtocolBufferException)
        {
            // Nothing that a sender of this scenario made.
            return [];
        }

        return request.ResourceLogs.SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords)
            .SelectMany(record => record.Attributes)
            .Where(attribute => attribute.Key == NumberedSenders.IdAttribute)
            .Select(attribute => attribute.Value.StringValue);
    }
}
