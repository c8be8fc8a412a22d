using Confluent.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Tests.Delivery;

namespace Observability.Forwarder.Tests;

public sealed class PartitionHandoverTests : IDisposable
{
    private readonly LoopParts _parts = new();

    [Fact]
    public void A_partition_is_read_by_the_format_of_its_topic()
    {
        _parts.Options.Formats["shop"] = "otlp-protobuf";

        Assert.Equal(RecordFormat.OtlpProtobuf, _parts.Handover.Create(new TopicPartition("shop", 0)).Format);
        Assert.Equal(RecordFormat.Auto, _parts.Handover.Create(new TopicPartition("other", 0)).Format);
    }

    [Fact]
    public void The_metrics_show_the_partitions_that_are_held()
    {
        _parts.Assign(0);
        _parts.Assign(1);
        Assert.Equal(2, _parts.Metrics.Partitions.Length);

        _parts.Assignment.OnRevoked([new TopicPartition("logs", 0)], areLost: false);

        Assert.Equal(_parts.Assignment.Partitions.Single().Gauges, Assert.Single(_parts.Metrics.Partitions));
    }

    [Fact]
    public void Partitions_that_come_go_and_are_lost_are_counted()
    {
        using var counts = new MetricRecorder(_parts.Meters);
        _parts.Assign(0);
        _parts.Assign(1);

        _parts.Assignment.OnRevoked([new TopicPartition("logs", 0)], areLost: false);
        _parts.Assignment.OnRevoked([new TopicPartition("logs", 1)], areLost: true);

        Assert.Equal(
            ["forwarder_rebalances type=assigned 1", "forwarder_rebalances type=assigned 1", "forwarder_rebalances type=revoked 1",
                "forwarder_rebalances type=lost 1"],
            counts.Counted);
    }

    /// <summary>There is no later: it is not held any more when the upkeep is due next.</summary>
    [Fact]
    public void The_offset_of_a_partition_that_goes_is_handed_on_though_no_upkeep_is_due()
    {
        var partition = _parts.Assign();
        _parts.Upkeep.Work(TestContext.Current.CancellationToken);
        partition.Offsets.Complete(partition.Offsets.Begin(7));

        _parts.Assignment.OnRevoked([partition.Partition], areLost: false);

        Assert.Equal(["store 0@8"], _parts.Consumer.Calls);
    }

    [Fact]
    public void What_was_read_of_a_partition_that_goes_is_delivered_and_its_offset_handed_on_first()
    {
        _parts.Write(_parts.Assign(), 7);
        _parts.WakeUp.OnWait = _ => _parts.Answer();

        _parts.Assignment.OnRevoked([new TopicPartition("logs", 0)], areLost: false);

        Assert.Equal(["store 0@8"], _parts.Consumer.Calls);
    }

    [Fact]
    public void A_partition_that_is_lost_is_anothers_already_so_nothing_is_waited_for_and_nothing_handed_on()
    {
        var partition = _parts.Assign();
        partition.Offsets.Complete(partition.Offsets.Begin(6));
        _parts.Write(partition, 7);

        _parts.Assignment.OnRevoked([partition.Partition], areLost: true);

        Assert.Equal(0, _parts.WakeUp.Waits);
        Assert.Empty(_parts.Consumer.Calls);
    }

    [Fact]
    public void A_revocation_after_the_last_drain_waits_for_nothing()
    {
        var partition = _parts.Assign();
        _parts.Write(partition, 7);
        _parts.WakeUp.OnWait = _ => _parts.Time.Advance(TimeSpan.FromSeconds(5));
        _parts.Handover.Drain();
        var waits = _parts.WakeUp.Waits;

        _parts.Assignment.OnRevoked([partition.Partition], areLost: false);

        Assert.Equal((3, 3), (waits, _parts.WakeUp.Waits));
    }

    public void Dispose() => _parts.Dispose();
}
