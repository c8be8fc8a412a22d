using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Tests.Batching;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class OffsetCommitterTests
{
    private readonly FakeConsumer _consumer = new();
    private readonly PartitionState _partition = TestPartition.Create();
    private readonly OffsetCommitter _offsets;

    public OffsetCommitterTests() => _offsets = new(_consumer, NullLogger<OffsetCommitter>.Instance);

    [Fact]
    public void Nothing_is_stored_before_a_record_is_done()
    {
        _partition.Offsets.Begin(7);

        _offsets.Commit(_partition);

        Assert.Empty(_consumer.Calls);
    }

    [Fact]
    public void What_is_done_is_stored_once()
    {
        Read(0);
        _offsets.Commit(_partition);
        _offsets.Commit(_partition);
        Read(1);
        _offsets.Commit(_partition);

        Assert.Equal(["store 0@1", "store 0@2"], _consumer.Calls);
    }

    [Fact]
    public void An_offset_that_could_not_be_stored_amid_a_rebalance_is_stored_later()
    {
        Read(7);
        _consumer.OnCall = _ => throw new KafkaException(ErrorCode.Local_State);
        _offsets.Commit(_partition);
        _consumer.OnCall = _ => { };

        _offsets.Commit(_partition);

        Assert.Equal(["store 0@8"], _consumer.Calls);
    }

    [Fact]
    public void The_lag_is_what_lies_between_the_end_and_what_is_done()
    {
        Read(7);
        _consumer.Ends[_partition.Partition] = 20;

        _offsets.MeasureLag(_partition);

        Assert.Equal(12, _partition.Gauges.Lag);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void The_lag_counts_what_was_read_and_is_not_done(int first)
    {
        for (var offset = first; offset < 20; offset++)
            _partition.Offsets.Begin(offset);
        _consumer.Ends[_partition.Partition] = 20;
        _consumer.Positions[_partition.Partition] = 20;

        _offsets.MeasureLag(_partition);

        Assert.Equal((20 - first, 20 - first), (_partition.Gauges.Lag, _partition.Gauges.Pending));
    }

    [Fact]
    public void The_lag_of_a_topic_made_anew_counts_from_its_start_though_old_records_are_under_way()
    {
        for (var offset = 4000; offset < 4003; offset++)
            _partition.Offsets.Begin(offset);
        _partition.Offsets.Begin(0);
        _consumer.Ends[_partition.Partition] = 5;

        _offsets.MeasureLag(_partition);

        Assert.Equal(5, _partition.Gauges.Lag);
    }

    [Fact]
    public void An_empty_partition_has_no_lag()
    {
        _partition.Gauges.Lag = 5;
        _consumer.Ends[_partition.Partition] = 0;
        _consumer.Positions[_partition.Partition] = 0;

        _offsets.MeasureLag(_partition);

        Assert.Equal(0, _partition.Gauges.Lag);
    }

    [Fact]
    public void The_lag_stays_as_it_was_amid_a_rebalance()
    {
        _partition.Gauges.Lag = 5;
        _consumer.IsChanging = true;

        _offsets.MeasureLag(_partition);

        Assert.Equal(5, _partition.Gauges.Lag);
    }

    [Fact]
    public void The_lag_of_a_partition_that_cannot_be_read_counts_from_the_batch_that_stops_it()
    {
        _partition.Unreadable = new UnreadableBatch(5, 0, "bad");
        _consumer.Ends[_partition.Partition] = 20;

        _offsets.MeasureLag(_partition);

        Assert.Equal(15, _partition.Gauges.Lag);
    }

    [Fact]
    public void Offsets_that_went_back_are_committed_expressly_since_a_smaller_stored_offset_is_not()
    {
        Read(5000);
        _offsets.Commit(_partition);
        _partition.Offsets.Begin(0);
        _consumer.OnCall = _ => throw new KafkaException(ErrorCode.Local_Transport);
        _offsets.Commit(_partition);
        _consumer.OnCall = _ => { };

        _offsets.Commit(_partition);
        _offsets.Commit(_partition);

        Assert.Equal(["store 0@5001", "commit 0@0"], _consumer.Calls);
    }

    [Fact]
    public void The_lag_stays_as_it_was_while_the_end_is_unknown()
    {
        _partition.Gauges.Lag = 5;
        Read(7);

        _offsets.MeasureLag(_partition);

        Assert.Equal(5, _partition.Gauges.Lag);
    }

    private void Read(long offset) => _partition.Offsets.Complete(_partition.Offsets.Begin(offset));
}
