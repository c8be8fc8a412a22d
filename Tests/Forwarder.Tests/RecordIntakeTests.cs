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
        Take("text", headers: [new("other", null), new(DeadLetterHeaders.Origin, "test-logs/1/4711"u8.ToArray())]);
        var replayed = _writer.Lines.Single().Timestamp;

        Assert.Equal(ReplayStableTimestamp.Refine(1_757_857_500_000 * 1_000_000, 6, 1, 4711, 0, isOfSeveral: false), replayed);
    }

    [Theory]
    [InlineData("test-logs/1")]
    [InlineData("test-logs/one/4711")]
    [InlineData("test-logs/1/x")]
    public void An_origin_that_makes_no_sense_is_none(string origin)
    {
        Take("text", headers: [new(DeadLetterHeaders.Origin, Encoding.UTF8.GetBytes(origin))]);

        Assert.Equal(ReplayStableTimestamp.Refine(1_757_857_500_000 * 1_000_000, 6, 3, 7, 0, isOfSeveral: false),
            _writer.Lines.Single().Timestamp);
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

        Assert.Equal("empty", Header(Assert.Single(_producer.Messages).Message, DeadLetterHeaders.Reason));
        Assert.Equal(8, _partition.Offsets.NextOffset);
        Assert.Equal(0, _partition.SetAsideBytes);
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

    private void Take(string value, IReadOnlyList<KeyValuePair<string, byte[]?>>? headers = null)
    {
        _consumer.Ready.Add(
            new FakeMessage(_partition.Partition, 7) { Value = FakeMessage.Pinned(Encoding.UTF8.GetBytes(value)), Headers = headers });
        _consumer.Read(TimeSpan.Zero);
        _intake.Take(0, in _consumer[0], _partition, TestContext.Current.CancellationToken);
    }

    private static string Header(Confluent.Kafka.Message<byte[], byte[]> letter,
        string name) => Encoding.UTF8.GetString(letter.Headers.GetLastBytes(name));
}
