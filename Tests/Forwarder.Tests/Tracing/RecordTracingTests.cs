using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder.Tests.Tracing;

public sealed class RecordTracingTests
{
    private static readonly TopicPartitionOffset Place = new("test-logs", 3, 47);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_record_whose_sender_has_sampled_it_is_a_span_of_its_trace()
    {
        using var trace = new TraceRecorder();

        Tracing().Begin(trace.Headers(), Place, 120)!.Decoded();

        var span = Assert.Single(trace.Spans);
        Assert.Equal(("process test-logs", ActivityKind.Consumer), (span.DisplayName, span.Kind));
        Assert.Equal(trace.Sender.SpanId, span.ParentSpanId);
        Assert.Equal(
            [
                ("messaging.system", "kafka"), ("messaging.operation.name", "process"), ("messaging.operation.type", "process"),
                ("messaging.destination.name", "test-logs"), ("messaging.destination.partition.id", "3"), ("messaging.kafka.offset", 47L),
                ("messaging.consumer.group.name", "forwarder"), ("messaging.message.body.size", 120),
            ],
            span.TagObjects.Select(tag => (tag.Key, tag.Value)));
        Assert.Null(Activity.Current);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("xx")]
    [InlineData("01-and-more")]
    public void A_record_that_nobody_has_sampled_or_whose_header_makes_no_sense_has_no_span(string flags)
    {
        using var trace = new TraceRecorder();

        Assert.Null(Tracing().Begin(trace.Headers(flags), Place, 1));
    }

    [Fact]
    public void Headers_without_a_trace_begin_none()
    {
        using var trace = new TraceRecorder();

        Assert.Null(Tracing().Begin([new("traceparent", null), new("other", "x"u8.ToArray())], Place, 1));
    }

    [Fact]
    public void The_senders_trace_state_is_passed_on()
    {
        using var trace = new TraceRecorder();

        Tracing().Begin([.. trace.Headers(), new("tracestate", Encoding.ASCII.GetBytes("vendor=1"))], Place, 1)!.Decoded();

        Assert.Equal("vendor=1", Assert.Single(trace.Spans).TraceStateString);
    }

    [Fact]
    public void No_more_traces_a_second_are_continued_than_the_settings_say()
    {
        using var trace = new TraceRecorder();
        var tracing = Tracing(most: 2);

        bool[] first = [tracing.MayBegin(), tracing.MayBegin(), tracing.MayBegin()];
        _time.Advance(TimeSpan.FromSeconds(1));
        bool[] second = [tracing.MayBegin(), tracing.MayBegin(), tracing.MayBegin()];

        Assert.Equal([true, true, false], first);
        Assert.Equal([true, true, false], second);
        Assert.False(Tracing(most: 0).MayBegin());
    }

    [Fact]
    public void A_record_is_under_way_until_each_batch_with_lines_of_it_is_delivered()
    {
        using var trace = new TraceRecorder();
        var record = Tracing().Begin(trace.Headers(), Place, 1)!;

        record.EnterBatch();
        record.EnterBatch();
        record.LeaveBatch(deadLines: 0);
        record.Decoded();
        Assert.Empty(trace.Spans);
        record.LeaveBatch(deadLines: 2);

        var span = Assert.Single(trace.Spans);
        Assert.Equal((ActivityStatusCode.Error, "2 lines became dead letters"), (span.Status, span.StatusDescription));
        Assert.Equal(["decoded"], span.Events.Select(told => told.Name));
    }

    [Fact]
    public void A_record_that_is_delivered_whole_is_no_error()
    {
        using var trace = new TraceRecorder();
        var record = Tracing().Begin(trace.Headers(), Place, 1)!;

        record.EnterBatch();
        record.Decoded();
        record.LeaveBatch(deadLines: 0);

        Assert.Equal((ActivityStatusCode.Unset, null), (Assert.Single(trace.Spans).Status, trace.Spans.Single().StatusDescription));
    }

    [Fact]
    public void A_record_that_becomes_a_dead_letter_says_why()
    {
        using var trace = new TraceRecorder();

        Tracing().Begin(trace.Headers(), Place, 1)!.BecomesDeadLetter("empty");

        var span = Assert.Single(trace.Spans);
        Assert.Equal((ActivityStatusCode.Error, "dead letter: empty"), (span.Status, span.StatusDescription));
    }

    [Fact]
    public void A_push_is_a_child_of_the_first_traced_record_that_it_has_lines_of_and_linked_to_the_others()
    {
        using var trace = new TraceRecorder();
        var tracing = Tracing();
        var partition = TestPartition.Create("test-logs", 3);
        var batch = new Batch(4096);
        var stream = TestStreams.Create("service").Get("checkout");
        var records = Enumerable.Range(0, 4).Select(_ => tracing.Begin(trace.Headers(), Place, 1)!).ToList();
        for (var i = 0; i < records.Count; i++)
        {
            var record = new TestRecord(partition, i, "paid"u8);
            batch.Add(record.Record with { Trace = records[i] }, 0, stream, 1, record.Value, default);
        }

        batch.Traces.Close(batch);
        batch.Traces.StartPush(batch, [1, 3])!.Dispose();

        var push = trace.Spans.Single(span => span.OperationName == "push");
        Assert.Equal(records[1].Context.SpanId, push.ParentSpanId);
        Assert.Equal([records[3].Context.SpanId], push.Links.Select(link => link.Context.SpanId));
        var waits = trace.Spans.Where(span => span.OperationName == "batch").ToList();
        Assert.Equal(records.Select(record => record.Context.SpanId), waits.Select(wait => wait.ParentSpanId));
        Assert.All(waits, wait => Assert.Equal(
            [
                ("messaging.batch.message_count", 4), ("forwarder.batch.lines", 4), ("forwarder.batch.bytes", batch.Size),
                ("forwarder.batch.streams", 1),
            ],
            wait.TagObjects.Select(tag => (tag.Key, tag.Value))));
        Assert.Equal([new("forwarder.push.lines", 2)], push.TagObjects);
    }

    [Fact]
    public void A_delivered_batch_ends_what_its_records_wait_for_and_used_again_it_knows_nothing_of_them()
    {
        using var trace = new TraceRecorder();
        var record = Tracing().Begin(trace.Headers(), Place, 1)!;
        var batch = new Batch(4096);
        var read = new TestRecord(TestPartition.Create("test-logs", 3), 0, "paid"u8);
        batch.Add(read.Record with { Trace = record }, 0, TestStreams.Create("service").Get("checkout"), 1, read.Value, default);
        record.Decoded();
        batch.Records[0].DeadLines = 1;

        batch.Traces.Deliver(batch);
        batch.Clear();

        Assert.Equal("1 lines became dead letters", trace.Spans.Single(span => span.Kind == ActivityKind.Consumer).StatusDescription);
        Assert.Null(batch.Traces.Of(0));
        Assert.Null(batch.Traces.StartPush(batch, []));
    }

    [Fact]
    public void A_line_that_goes_to_another_batch_takes_its_trace_along()
    {
        using var trace = new TraceRecorder();
        var batch = new Batch(4096);
        var partition = TestPartition.Create("test-logs", 3);
        var stream = TestStreams.Create("service").Get("checkout");
        var records = Enumerable.Range(0, 2).Select(_ => Tracing().Begin(trace.Headers(), Place, 1)!).ToList();
        for (var i = 0; i < 3; i++)
        {
            var read = new TestRecord(partition, i, "paid"u8);
            batch.Add(read.Record with { Trace = i < 2 ? records[i] : null }, 0, stream, 1, read.Value, default);
        }

        var other = new Batch(4096);
        other.Add(batch, 2);
        other.Add(batch, 1);

        Assert.Null(other.Traces.Of(0));
        Assert.Same(records[1], other.Traces.Of(1));
    }

    private RecordTracing Tracing(int most = 10) => new(new ForwarderOptions { MaxTracesPerSecond = most }, _time);
}
