using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Delivery;
using Observability.Forwarder.Tests.Kafka;
using Observability.Forwarder.Tests.Lines;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder.Tests;

public sealed class MessageRouterTests : IDisposable
{
    private readonly LoopParts _parts = new();
    private readonly RecordingWriter _writer = new();
    private readonly LogRecorder<MessageRouter> _log = new();
    private readonly MessageRouter _router;

    public MessageRouterTests()
    {
        var (producer, _) = FakeProducer.Create();
        var letters = new DeadLetterWriter(
            producer, Options.Create(_parts.Options), _parts.Time, NullLogger<DeadLetterWriter>.Instance);
        var queue = new DeadLetterQueue(letters, _parts.Metrics, _parts.WakeUp, _parts.Fatal, NullLogger<DeadLetterQueue>.Instance);
        var schema = new LabelSchema(_parts.Options);
        var streams = new StreamTable(schema.Labels, 100, _parts.Time);
        var lines = new LineBuilder(schema, streams, _writer);
        var intake = new RecordIntake(
            _parts.Consumer, lines, queue, 1024, new RecordTracing(_parts.Options, _parts.Time), NullLogger<RecordIntake>.Instance);
        _router = new MessageRouter(
            _parts.Consumer, _parts.Assignment, intake, _parts.Watch, _parts.Fatal, streams, lines, _parts.Metrics, _parts.Time, _log);
    }

    [Fact]
    public void The_records_of_partitions_that_are_held_become_lines_and_those_of_others_are_their_next_owners()
    {
        var partition = _parts.Assign(0);

        Route(Record(0, 7), Record(1, 3), Record(0, 8));

        Assert.Equal(["logs/0/7", "logs/0/8"], _writer.Lines.Select(line => line.Text));
        Assert.Equal((8, 9), (partition.LastOffset, partition.Offsets.NextOffset));
        Assert.Equal(1, _parts.Metrics.ActiveStreams);
    }

    [Fact]
    public void Offsets_that_go_back_are_told_of_and_read()
    {
        using var counts = new MetricRecorder(_parts.Meters);
        var partition = _parts.Assign();

        Route(Record(0, 7), Record(0, 2));

        Assert.Contains("went back to 2 from 7", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
        Assert.Contains("forwarder_offset_resets topic=logs 1", counts.Counted);
        Assert.Equal(2, partition.LastOffset);
        Assert.Equal(2, _writer.Lines.Count);
    }

    [Fact]
    public void The_offset_read_last_that_comes_again_is_told_of_as_well()
    {
        _parts.Assign();

        Route(Record(0, 7), Record(0, 7));

        Assert.Contains("went back to 7 from 7", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_that_cannot_be_read_is_the_watchs_until_a_record_comes()
    {
        using var counts = new MetricRecorder(_parts.Meters);
        var partition = _parts.Assign();

        Route(Error(ErrorCode.Local_BadCompression, 7));
        Assert.Equal((7, "words"), (partition.Unreadable!.Offset, partition.Unreadable.Words));
        Assert.Contains("forwarder_unreadable_batches topic=logs 1", counts.Counted);
        Route(Record(0, 7));

        Assert.Null(partition.Unreadable);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Any_other_error_is_logged_in_the_clients_words()
    {
        var partition = _parts.Assign();

        Route(Error(ErrorCode.Local_AllBrokersDown, 7));

        Assert.Equal("Kafka: Local_AllBrokersDown: words", Assert.Single(_log.Lines).Text);
        Assert.Null(partition.Unreadable);
        Assert.False(_parts.Fatal.IsReported);
    }

    /// <summary>As of a consumer whose <c>group.instance.id</c> another one has taken: no record comes any more.</summary>
    [Fact]
    public void What_the_client_cannot_recover_from_ends_the_loop_in_the_clients_words()
    {
        _parts.Assign();

        Route(Error(ErrorCode.Local_Fatal, 7));

        Assert.Equal("words", Assert.Throws<InvalidOperationException>(_parts.Fatal.ThrowIfReported).Message);
    }

    public void Dispose() => _parts.Dispose();

    private static FakeMessage Record(int partition, long offset) =>
        new(new("logs", partition), offset)
        {
            Value = FakeMessage.Pinned(System.Text.Encoding.UTF8.GetBytes($"logs/{partition}/{offset}")),
        };

    private static FakeMessage Error(ErrorCode code, long offset) =>
        new(new("logs", 0), offset) { Error = (int)code, ErrorText = "words", Value = FakeMessage.Pinned(default) };

    private void Route(params FakeMessage[] messages)
    {
        _parts.Consumer.Ready.AddRange(messages);
        _router.Route(_parts.Consumer.Read(TimeSpan.Zero), TestContext.Current.CancellationToken);
    }
}
