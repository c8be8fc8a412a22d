using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Telemetry;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.LogGenerator.Sinks;

/// <summary>
/// Writes a record each to a topic. The producer retries by itself for as long as it takes; what comes back as failed
/// (too large, no such topic, not authorised) would fail again, and is counted and logged.
/// </summary>
internal sealed partial class KafkaSink : ILogSink
{
    public const string SinkName = "kafka";

    private const string Send = "send";

    private static readonly TimeSpan FullQueueWait = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan FlushStep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly IProducer<Null, byte[]> _producer;
    private readonly TopicPartition _target;
    private readonly GeneratorMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BrokerTrouble _trouble;
    private readonly LogThrottle _failures;
    private readonly LogThrottle _fullQueues;
    private readonly Action<DeliveryReport<Null, byte[]>> _onDelivery;
    private readonly ExactLengthBuffers _buffers = new();

    // Produce keeps nothing of the message, so one serves for all.
    private readonly Message<Null, byte[]> _message = new() { Headers = [] };

    private long _produced;
    private long _settled;
    private long _delivered;
    private long _failed;

    public KafkaSink(
        IProducer<Null, byte[]> producer, string topic, BrokerTrouble trouble, GeneratorMetrics metrics, TimeProvider time,
        ILogger<KafkaSink> logger)
    {
        _producer = producer;
        _target = new TopicPartition(topic, Partition.Any);
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _trouble = trouble;
        _failures = new LogThrottle(time, LogInterval);
        _fullQueues = new LogThrottle(time, LogInterval);
        _onDelivery = OnDelivery;
    }

    public string Name => SinkName;

    public string Target => $"Kafka's topic {_target.Topic}";

    public long DeliveredLines => Volatile.Read(ref _delivered);

    public string? Trouble => _trouble.Text;

    public long FailedLines => Volatile.Read(ref _failed);

    public long PendingLines => Volatile.Read(ref _produced) - Volatile.Read(ref _settled);

    public async ValueTask WriteAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            while (!TryProduce(batch, i))
                await Task.Delay(FullQueueWait, _time, cancellationToken);
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        // Flush blocks, and hurries the lines that wait for company (linger.ms).
        while (PendingLines > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Run(() => _producer.Flush(FlushStep), cancellationToken);
        }
    }

    public void Dispose()
    {
        // The producer is shared, and belongs to the host.
    }

    private bool TryProduce(LineBatch batch, int index)
    {
        // The line's own time also for lines that do not state one.
        var line = batch.Lines[index];
        _message.Timestamp = new Timestamp(line.Timestamp);
        _message.Value = _buffers.Copy(batch.Bytes(line));
        var span = line.Trace is { } trace ? Begin(trace, line.Length) : null;
        try
        {
            if (span is null)
                _producer.Produce(_target, _message, _onDelivery);
            else
                ProduceTraced(span);
            Volatile.Write(ref _produced, _produced + 1);
            return true;
        }
        catch (ProduceException<Null, byte[]> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
        {
            if (_fullQueues.TryPass(out _))
                LogQueueFull(_target.Topic, PendingLines);
            return false;
        }
        catch (ProduceException<Null, byte[]> exception) when (!exception.Error.IsFatal)
        {
            Fail(exception.Error);
            return true;
        }
    }

    private Activity? Begin(Activity trace, int bytes) => LineTracer.Source
        .StartApart($"{Send} {_target.Topic}", ActivityKind.Producer, trace.Context)
        ?.SetTag(MessagingAttributes.System, MessagingAttributes.Kafka)
        .SetTag(MessagingAttributes.OperationName, Send)
        .SetTag(MessagingAttributes.OperationType, Send)
        .SetTag(MessagingAttributes.Destination, _target.Topic)
        .SetTag(MessagingAttributes.BodySize, bytes);

    // A span that the queue had no room for is started anew with the next attempt, and nobody is told of this one.
    private void ProduceTraced(Activity span)
    {
        var message = new Message<Null, byte[]> { Timestamp = _message.Timestamp, Value = _message.Value, Headers = TraceHeaders.Of(span) };
        _producer.Produce(_target, message, report =>
        {
            span.SetTag(MessagingAttributes.Partition, report.Partition.Value.ToString(CultureInfo.InvariantCulture))
                .SetTag(MessagingAttributes.Offset, report.Offset.Value);
            if (report.Error.IsError)
                span.SetStatus(ActivityStatusCode.Error, report.Error.Reason);
            span.Stop();
            OnDelivery(report);
        });
    }

    // On the producer's poll thread, in the place of a task for each line.
    private void OnDelivery(DeliveryReport<Null, byte[]> report)
    {
        if (report.Error.IsError)
        {
            Fail(report.Error);
        }
        else
        {
            Interlocked.Increment(ref _delivered);
            _trouble.Clear();
        }

        Interlocked.Increment(ref _settled);
    }

    private void Fail(Error error)
    {
        Interlocked.Increment(ref _failed);
        _metrics.Failed(SinkName, 1);
        if (_failures.TryPass(out _))
            LogFailed(_target.Topic, error.Reason, FailedLines);
    }
}
