using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Delivery;
using Observability.Forwarder.Tests.Kafka;
using Observability.Forwarder.Tests.Lines;
using Observability.Forwarder.Tests.Tracing;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder.Tests;

public sealed class RecordIntakeTests : IDisposable
{
    private const int MaxRecordBytes = 1024;

    private readonly FakeConsumer _consumer = new();
    private readonly RecordingWriter _writer = new();
    private readonly TestMeters _meters = new();
    private readonly WakeUp _wakeUp = new();
    private readonly FatalError _fatal = new();
    private readonly PartitionState _partition = TestPartition.Create("test-logs", 3);
    private readonly FakeProducer _producer;
    private readonly DeadLetterQueue _deadLetters;
    private readonly RecordIntake _intake;

    public RecordIntakeTests()
    {
        (var producer, _producer) = FakeProducer.Create();
        var options = new ForwarderOptions();
        var schema = new LabelSchema(options);
        _deadLetters = new DeadLetterQueue(
            new DeadLetterWriter(producer, Options.Create(options), new FakeTimeProvider(), NullLogger<DeadLetterWriter>.Instance),
            _meters.Metrics,
            _wakeUp,
            _fatal,
            NullLogger<DeadLetterQueue>.Instance);
        _intake = new RecordIntake(
            _consumer,
            new LineBuilder(schema, new StreamTable(schema.Labels, 100, TimeProvider.System), _writer),
            _deadLetters,
            MaxRecordBytes,
            new RecordTracing(options, TimeProvider.System),
            NullLogger<RecordIntake>.Instance);
    }

    [Fact]
    public void A_record_becomes_lines_and_is_done_when_they_are()
    {
        Take("one line");

        Assert.Equal("one line", Assert.Single(_writer.Lines).Text);
        Assert.Equal(8, _partition.Offsets.NextOffset);
        Assert.Empty(_producer.Messages);
    }

    [Fact]
    public void A_replayed_dead_letter_gets_the_time_of_where_it_first_stood()
    {
        Take("text", headers: [new("other", "a/2/3"u8.ToArray()), new(DeadLetterHeaders.Origin, "test-logs/1/4711"u8.ToArray())]);
        var replayed = _writer.Lines.Single().Timestamp;

        Assert.Equal(ReplayStableTimestamp.Refine(1_757_857_500_000 * 1_000_000, 6, 1, 4711, 0, isOfSeveral: false), replayed);
    }

    [Theory]
    [InlineData("test-logs/1")]
    [InlineData("test-logs/one/4711")]
    [InlineData("test-logs/1/x")]
    [InlineData(null)]
    public void An_origin_that_makes_no_sense_is_none(string? origin)
    {
        var header = origin is null ? null : Encoding.UTF8.GetBytes(origin);
        Take("text", headers: [new(DeadLetterHeaders.Origin, header), new(DeadLetterHeaders.WantedLines, "1,3"u8.ToArray())]);

        Assert.Equal(ReplayStableTimestamp.Refine(1_757_857_500_000 * 1_000_000, 6, 3, 7, 0, isOfSeveral: false),
            _writer.Lines.Single().Timestamp);
        Assert.Null(_writer.Wanted);
    }

    /// <summary>The others are stored already, and would be shown twice.</summary>
    [Fact]
    public void Of_a_replayed_dead_letter_only_the_lines_that_it_names_are_wanted()
    {
        Take("text", headers: [new(DeadLetterHeaders.Origin, "test-logs/1/4711"u8.ToArray()),
            new(DeadLetterHeaders.WantedLines, "1,3"u8.ToArray())]);

        Assert.Equal([1, 3], Enumerable.Range(0, 5).Where(_writer.Wanted!.Contains));
    }

    [Fact]
    public void A_record_at_the_limit_is_forwarded()
    {
        Take(new string('x', MaxRecordBytes));

        Assert.Equal(MaxRecordBytes, Assert.Single(_writer.Lines).Text.Length);
        Assert.Empty(_producer.Messages);
    }

    [Fact]
    public void A_record_above_the_limit_is_reduced_to_its_origin_and_the_reason_before_it_makes_a_line()
    {
        Take(new string('x', MaxRecordBytes + 1));

        Assert.Empty(_writer.Lines);
        var (_, letter) = Assert.Single(_producer.Messages);
        Assert.Null(letter.Value);
        Assert.Equal(DeadLetterHeaders.OriginForm, Header(letter, DeadLetterHeaders.Form));
        Assert.Equal("record_too_large", Header(letter, DeadLetterHeaders.Reason));
        Assert.Equal(("3", "7"), (Header(letter, DeadLetterHeaders.Partition), Header(letter, DeadLetterHeaders.Offset)));
        Assert.Contains("1025 bytes", Header(letter, DeadLetterHeaders.Message), StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_without_a_value_is_done_when_its_dead_letter_is_written()
    {
        Take("");
        Assert.Equal(-1, _partition.Offsets.NextOffset);

        _deadLetters.Work(TestContext.Current.CancellationToken);

        var letter = Assert.Single(_producer.Messages).Message;
        Assert.Equal("empty", Header(letter, DeadLetterHeaders.Reason));
        Assert.Contains("no value", Header(letter, DeadLetterHeaders.Message), StringComparison.Ordinal);
        Assert.Equal(8, _partition.Offsets.NextOffset);
        Assert.Equal(0, _partition.SetAsideBytes);
    }

    [Theory]
    [InlineData(0, "dead letter: empty")]
    [InlineData(MaxRecordBytes + 1, "dead letter: record_too_large")]
    public void The_trace_of_a_record_that_becomes_a_dead_letter_ends_with_the_reason(int bytes, string expected)
    {
        using var trace = new TraceRecorder();

        Take(new string('x', bytes), trace.Headers());

        var span = Assert.Single(trace.Spans);
        Assert.Equal((ActivityStatusCode.Error, expected), (span.Status, span.StatusDescription));
    }

    [Fact]
    public void A_record_without_headers_belongs_to_no_trace()
    {
        using var trace = new TraceRecorder();

        Take("text");

        Assert.Single(_writer.Lines);
        Assert.Empty(trace.Spans);
    }

    [Fact]
    public void The_trace_of_a_record_whose_lines_are_all_done_ends()
    {
        using var trace = new TraceRecorder();

        Take("text", trace.Headers());

        Assert.Equal(ActivityStatusCode.Unset, Assert.Single(trace.Spans).Status);
    }

    [Fact]
    public void A_record_that_is_not_what_its_topics_format_says_is_counted_and_stays_a_line()
    {
        var partition = new PartitionState(_partition.Partition, RecordFormat.Json, new("test-logs"));

        Take("no json", partition: partition);
        Assert.Equal(1, partition.Topic.UndecodableRecords);
        Take("""{"message":"json"}""", partition: partition);

        Assert.Equal(2, _writer.Lines.Count);
        Assert.Equal("no json", _writer.Lines[0].Text);
        Assert.Equal((2, 1), (partition.Topic.Records, partition.Topic.UndecodableRecords));
    }

    /// <summary>It would fail again after every restart.</summary>
    [Fact]
    public void A_record_on_which_a_decoder_fails_becomes_a_dead_letter_and_holds_up_nothing()
    {
        using var trace = new TraceRecorder();
        _writer.Failure = new InvalidDataException("beyond any decoder");

        Take("text", trace.Headers());

        var (_, letter) = Assert.Single(_producer.Messages);
        Assert.Equal(("text", "undecodable", "beyond any decoder"),
            (Encoding.UTF8.GetString(letter.Value), Header(letter, DeadLetterHeaders.Reason), Header(letter, DeadLetterHeaders.Message)));
        Assert.Equal(-1, _partition.Offsets.NextOffset);
        _deadLetters.Work(TestContext.Current.CancellationToken);
        Assert.Equal((8, 1), (_partition.Offsets.NextOffset, _partition.Topic.UndecodableRecords));
        Assert.Equal("dead letter: undecodable", Assert.Single(trace.Spans).StatusDescription);
    }

    [Fact]
    public void That_memory_runs_out_is_no_fault_of_the_record()
    {
        _writer.Failure = new InsufficientMemoryException();

        Assert.Throws<InsufficientMemoryException>(() => Take("text"));

        Assert.Empty(_producer.Messages);
        Assert.Equal(1, _partition.Offsets.Pending);
    }

    [Fact]
    public void A_batch_that_was_stepped_over_is_done_up_to_its_end()
    {
        _intake.TakeUnreadable(_partition, new UnreadableBatch(10, 0, "Decompression failed"), 500, TestContext.Current.CancellationToken);
        _deadLetters.Work(TestContext.Current.CancellationToken);

        var (_, letter) = Assert.Single(_producer.Messages);
        Assert.Contains("offsets 10 to 499", Header(letter, DeadLetterHeaders.Message), StringComparison.Ordinal);
        Assert.Equal(500, _partition.Offsets.NextOffset);
    }

    public void Dispose()
    {
        _meters.Dispose();
        _wakeUp.Dispose();
    }

    private void Take(string value, IReadOnlyList<KeyValuePair<string, byte[]?>>? headers = null, PartitionState? partition = null)
    {
        partition ??= _partition;
        _consumer.Ready.Add(
            new FakeMessage(partition.Partition, 7) { Value = FakeMessage.Pinned(Encoding.UTF8.GetBytes(value)), Headers = headers });
        _consumer.Read(TimeSpan.Zero);
        _intake.Take(0, in _consumer[0], partition, TestContext.Current.CancellationToken);
    }

    private static string Header(Confluent.Kafka.Message<byte[], byte[]> letter,
        string name) => Encoding.UTF8.GetString(letter.Headers.GetLastBytes(name));
}
