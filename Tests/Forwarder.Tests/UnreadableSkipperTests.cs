using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Delivery;
using Observability.Forwarder.Tests.Kafka;
using Observability.Forwarder.Tests.Lines;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder.Tests;

public sealed class UnreadableSkipperTests : IDisposable
{
    private readonly LoopParts _parts = new();
    private readonly ManualBatchEndFinder _finder = new();
    private readonly LogRecorder<UnreadableSkipper> _log = new();
    private readonly FakeProducer _letters;
    private readonly DeadLetterQueue _queue;
    private readonly Upkeep _upkeep;
    private readonly PartitionState _partition;

    public UnreadableSkipperTests()
    {
        (var producer, _letters) = FakeProducer.Create();
        var writer = new DeadLetterWriter(
            producer, Options.Create(_parts.Options), _parts.Time, NullLogger<DeadLetterWriter>.Instance);
        _queue = new DeadLetterQueue(writer, _parts.Metrics, _parts.WakeUp, _parts.Fatal, NullLogger<DeadLetterQueue>.Instance);
        var schema = new LabelSchema(_parts.Options);
        var lines = new LineBuilder(schema, new StreamTable(schema.Labels, 100, _parts.Time), new RecordingWriter());
        var intake = new RecordIntake(
            _parts.Consumer, lines, _queue, 1024, new RecordTracing(_parts.Options, _parts.Time), NullLogger<RecordIntake>.Instance);
        var skipper = new UnreadableSkipper(_parts.Consumer, _finder, intake, _parts.Watch, _log);
        _upkeep = new Upkeep(_parts.Assignment, _parts.Offsets, _parts.Watch, skipper, _parts.Time);
        _partition = _parts.Assign();
    }

    public static TheoryData<Exception> Failures =>
        [new KafkaException(ErrorCode.Local_TimedOut), new OperationCanceledException()];

    private IEnumerable<string> Seeks => _parts.Consumer.Calls.Where(call => call.StartsWith("seek", StringComparison.Ordinal));

    [Fact]
    public void A_batch_is_searched_for_once_when_it_is_unreadable_for_good()
    {
        _parts.Watch.CouldNotRead(_partition, 17, "words");
        Work();
        Assert.Empty(_finder.Searches);

        GetStuck(17);
        Work();

        Assert.Equal(new TopicPartitionOffset("logs", 0, 17), Assert.Single(_finder.Searches).Batch);
        AssertNothingIsSteppedOver();
    }

    [Fact]
    public void A_batch_whose_end_is_known_is_stepped_over_and_done_when_the_dead_letter_that_names_its_offsets_is_written()
    {
        GetStuck(17);
        _finder.Searches[0].End.SetResult(500);
        Work();

        Assert.Equal(["seek 0@500"], Seeks);
        Assert.Equal((null, 499), (_partition.Unreadable, _partition.LastOffset));
        var letter = Assert.Single(_letters.Messages).Message;
        Assert.Equal("unreadable", Encoding.UTF8.GetString(letter.Headers.GetLastBytes(DeadLetterHeaders.Reason)));
        Assert.Contains("offsets 17 to 499", Encoding.UTF8.GetString(letter.Headers.GetLastBytes(DeadLetterHeaders.Message)),
            StringComparison.Ordinal);
        Assert.Contains("offsets 17 to 499", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
        Assert.Equal(-1, _partition.Offsets.NextOffset);
        _queue.Work(TestContext.Current.CancellationToken);
        Assert.Equal(500, _partition.Offsets.NextOffset);
        Work();
        Assert.Single(_finder.Searches);
    }

    [Fact]
    public void The_next_batch_that_cannot_be_read_is_stepped_over_too()
    {
        GetStuck(17);
        _finder.Searches[0].End.SetResult(500);
        Work();

        GetStuck(500);
        _finder.Searches[1].End.SetResult(600);
        Work();

        Assert.Equal(["seek 0@500", "seek 0@600"], Seeks);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_search_that_fails_is_made_again(Exception failure)
    {
        GetStuck(17);

        _finder.Searches[0].End.SetException(failure);
        Work();

        Assert.Equal([17, 17], _finder.Searches.Select(search => search.Batch.Offset.Value));
        Assert.Contains("offset 17 was not found", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
        AssertNothingIsSteppedOver();
    }

    [Fact]
    public void A_batch_that_was_read_in_the_end_is_not_stepped_over()
    {
        GetStuck(17);
        _partition.Unreadable = null;

        _finder.Searches[0].End.SetResult(500);
        Work();

        AssertNothingIsSteppedOver();
    }

    [Fact]
    public void The_end_of_one_batch_is_not_that_of_another()
    {
        GetStuck(17);
        _parts.Watch.CouldNotRead(_partition, 300, "words");

        _finder.Searches[0].End.SetResult(500);
        Work();

        AssertNothingIsSteppedOver();
    }

    [Fact]
    public void A_partition_that_went_is_its_next_owners()
    {
        GetStuck(17);
        _parts.Assignment.OnRevoked([_partition.Partition], areLost: true);

        _finder.Searches[0].End.SetResult(500);
        Work();

        AssertNothingIsSteppedOver();
    }

    [Fact]
    public void A_batch_that_could_not_be_stepped_over_amid_a_rebalance_makes_no_dead_letter_until_it_is()
    {
        GetStuck(17);
        _parts.Consumer.OnCall = _ => throw new KafkaException(ErrorCode.Local_State);
        _finder.Searches[0].End.SetResult(500);
        Work();
        AssertNothingIsSteppedOver();
        Assert.Equal((17, -1), (_partition.Unreadable!.Offset, _partition.LastOffset));

        _parts.Consumer.OnCall = _ => { };
        _finder.Searches[1].End.SetResult(500);
        Work();

        Assert.Equal(["seek 0@500"], Seeks);
        Assert.Single(_letters.Messages);
    }

    public void Dispose() => _parts.Dispose();

    private void GetStuck(long offset)
    {
        _parts.Watch.CouldNotRead(_partition, offset, "words");
        _parts.Time.Advance(StallWatch.UnreadableAfter);
        Work();
    }

    private void Work()
    {
        _parts.Time.Advance(Upkeep.Interval);
        _upkeep.Work(TestContext.Current.CancellationToken);
    }

    private void AssertNothingIsSteppedOver()
    {
        Assert.Empty(Seeks);
        Assert.Empty(_letters.Messages);
        Assert.Equal(0, _partition.Offsets.Pending);
    }
}
