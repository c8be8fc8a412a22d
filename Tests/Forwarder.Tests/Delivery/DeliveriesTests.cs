using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Tracing;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class DeliveriesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestMeters _meters = new();
    private readonly MetricRecorder _measured;
    private readonly ManualSender _sender = new();
    private readonly QueuedTaskScheduler _scheduler = new();
    private readonly FakeProducer _topic;
    private readonly LogStream _stream = TestStreams.Create("service").Get("shop");
    private readonly PartitionState _partition = TestPartition.Create("shop", 3);
    private readonly List<Batch> _recycled = [];
    private readonly SenderPool _pool;
    private readonly Deliveries _deliveries;

    public DeliveriesTests()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        _measured = new MetricRecorder(_meters);
        (var producer, _topic) = FakeProducer.Create();
        var options = Options.Create(new ForwarderOptions());
        var (wakeUp, fatal) = (new ManualWakeUp(), new FatalError());
        _pool = new SenderPool(1, () => _sender, wakeUp, fatal, _scheduler);
        _deliveries = new Deliveries(
            _pool,
            new LimitedStreams(new StreamLedger(options, _time), options, _meters.Metrics, _time, new Random(1)),
            new DeadLetterQueue(new DeadLetterWriter(producer, options, _time, NullLogger<DeadLetterWriter>.Instance), _meters.Metrics,
                wakeUp, fatal, NullLogger<DeadLetterQueue>.Instance),
            _meters.Metrics,
            _time);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _measured.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public void Lines_count_when_they_are_sent_and_those_that_loki_has_when_they_come_back()
    {
        var batch = Fill(5, "line");
        _deliveries.Send(batch);
        Assert.Equal((5L, 20L, 0L), (_partition.Topic.Lines, _partition.Topic.LineBytes, _partition.Topic.StoredLines));

        batch.Refused.Add(new(4, "other", "words"));
        batch.Late.Add(new PushPiece(new[] { 1, 2 }, 0));
        Return();
        Assert.Equal(2, _partition.Topic.StoredLines);
        Assert.Equal([batch], _recycled);
        Assert.Equal(1, _partition.Offsets.Pending);

        // The two that were set aside come later, and are not counted as sent once more.
        _time.Advance(TimeSpan.FromMinutes(1));
        _deliveries.Work(_recycled.Add);
        Return(late => late.Late.Clear());
        Assert.Equal((5L, 4L), (_partition.Topic.Lines, _partition.Topic.StoredLines));
        Assert.Equal(1, _partition.Offsets.NextOffset);
        Assert.Single(_topic.Messages);
    }

    [Fact]
    public void Lines_that_still_wait_when_they_come_back_are_sent_again_and_their_record_waits_with_them()
    {
        var batch = Fill(2, "line");
        _deliveries.Send(batch);
        batch.Late.Add(new PushPiece(new[] { 0, 1 }, 0));
        Return();
        for (var round = 0; round < 3; round++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            _deliveries.Work(_recycled.Add);
            Return();
        }

        Assert.Equal([batch], _recycled);
        Assert.Equal((0L, 1L), (_partition.Topic.StoredLines, _partition.Offsets.Pending));
        Assert.True(_deliveries.LimitedBytes > 0);
    }

    [Theory]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    public void The_age_of_one_line_in_sixty_four_is_measured_when_loki_has_them(int lines, int measured)
    {
        _deliveries.Send(Fill(lines, "line", age: TimeSpan.FromSeconds(2)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Return();

        Assert.Equal(Enumerable.Repeat(("", 3.0), measured), _measured.Of("forwarder_end_to_end_latency"));
    }

    [Fact]
    public void Lines_of_the_future_have_no_age_and_a_batch_with_lines_that_wait_is_not_measured()
    {
        _deliveries.Send(Fill(1, "line", age: TimeSpan.FromSeconds(-5)));
        Return();
        Assert.Equal([("", 0)], _measured.Of("forwarder_end_to_end_latency"));

        var batch = Fill(2, "line");
        _deliveries.Send(batch);
        batch.Late.Add(new PushPiece(new[] { 1 }, 0));
        Return();
        Assert.Single(_measured.Of("forwarder_end_to_end_latency"));
    }

    [Fact]
    public void The_span_of_a_wait_ends_when_the_batch_is_sent_and_that_of_the_record_when_it_comes_back()
    {
        using var trace = new TraceRecorder();
        var record = new RecordTracing(new ForwarderOptions(), _time).Begin(trace.Headers(), new("shop", 3, 0), 1)!;
        var batch = Fill(1, "line", trace: record);
        record.Decoded();
        _deliveries.Send(batch);
        Assert.Equal(["batch"], trace.Spans.Select(span => span.OperationName));

        batch.Refused.Add(new(0, "other", "words"));
        Return();
        Assert.Equal("1 lines became dead letters", trace.Spans[^1].StatusDescription);
        Assert.Equal(2, trace.Spans.Count);
    }

    // One record, all of whose lines are in the batch.
    private Batch Fill(int lines, string text, TimeSpan age = default, RecordTrace? trace = null)
    {
        var record = new TestRecord(_partition, _partition.Offsets.NextOffset + 1, "value"u8);
        var batch = new Batch(1024);
        var time = (_time.GetUtcNow() - age - DateTimeOffset.UnixEpoch).Ticks * 100;
        for (var i = 0; i < lines; i++)
            batch.Add(record.Record with { Trace = trace }, i, _stream, time, System.Text.Encoding.UTF8.GetBytes(text), default);
        _partition.Offsets.Complete(record.Record.Number);
        return batch;
    }

    // The sender is done with its batch, and what it has left of it.
    private void Return(Action<Batch>? leave = null)
    {
        _scheduler.RunAll();
        leave?.Invoke(_sender.Batch!);
        _sender.Complete();
        _scheduler.RunAll();
        _deliveries.Work(_recycled.Add);
    }
}
