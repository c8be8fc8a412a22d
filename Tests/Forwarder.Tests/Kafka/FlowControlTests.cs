using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Delivery;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class FlowControlTests : IDisposable
{
    private const int Budget = 1000;
    private const int MaxPending = 100;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeConsumer _consumer = new();
    private readonly TestMeters _meters = new();
    private readonly LogRecorder<FlowControl> _log = new();
    private readonly List<PartitionState> _partitions = [TestPartition.Create(partition: 0), TestPartition.Create(partition: 1)];
    private readonly FlowControl _flow;

    public FlowControlTests() => _flow = new(
        _consumer,
        _meters.Metrics,
        new ForwarderOptions { MaxBufferedBytes = Budget, MaxPendingRecords = MaxPending },
        _time,
        _log);

    [Fact]
    public void Below_the_budget_everything_is_read()
    {
        Assert.True(MayRead(Budget - 1));
        Assert.Empty(_consumer.Calls);
        Assert.False(_meters.Metrics.IsPaused);
    }

    [Fact]
    public void Over_the_budget_for_a_moment_nothing_is_read_and_nothing_paused()
    {
        Assert.False(MayRead(Budget));
        _time.Advance(FlowControl.PauseAfter - TimeSpan.FromTicks(1));

        Assert.False(MayRead(Budget));
        Assert.True(MayRead(Budget - 1));
        Assert.Empty(_consumer.Calls);
    }

    [Fact]
    public void A_moment_over_the_budget_starts_anew_after_an_answer()
    {
        MayRead(Budget);
        _time.Advance(FlowControl.PauseAfter);
        MayRead(Budget - 1);

        Assert.False(MayRead(Budget));
        Assert.Empty(_consumer.Calls);
    }

    [Fact]
    public void Over_the_budget_for_long_the_partitions_are_paused_and_the_reading_goes_on_for_the_groups_sake()
    {
        PauseAll();

        Assert.Equal(["pause 0,1"], _consumer.Calls);
        Assert.True(_meters.Metrics.IsPaused);
        Assert.True(MayRead(Budget * 2));
        Assert.Equal(["pause 0,1"], _consumer.Calls);
    }

    [Fact]
    public void The_partitions_are_resumed_when_half_of_the_budget_is_free()
    {
        PauseAll();

        MayRead(Budget / 2);
        Assert.Equal(["pause 0,1"], _consumer.Calls);
        MayRead((Budget / 2) - 1);

        Assert.Equal(["pause 0,1", "resume 0,1"], _consumer.Calls);
        Assert.False(_meters.Metrics.IsPaused);
    }

    [Fact]
    public void A_partition_that_comes_while_all_are_paused_is_paused_as_well()
    {
        PauseAll();
        _partitions.Add(TestPartition.Create(partition: 2));

        MayRead(Budget);

        Assert.Equal(["pause 0,1", "pause 2"], _consumer.Calls);
    }

    [Fact]
    public void A_pause_that_fails_amid_a_rebalance_is_tried_again()
    {
        _consumer.OnCall = _ => throw new KafkaException(ErrorCode.Local_State);
        PauseAll();
        _consumer.OnCall = _ => { };

        MayRead(Budget);

        Assert.Equal(["pause 0,1"], _consumer.Calls);
    }

    [Fact]
    public void A_pause_that_failed_for_one_partition_only_is_undone_for_the_others()
    {
        _consumer.OnCall = call => throw new KafkaException(ErrorCode.Local_State);
        PauseAll();
        _consumer.OnCall = _ => { };

        MayRead(0);

        Assert.Equal(["resume 0,1"], _consumer.Calls);
    }

    [Fact]
    public void A_resumption_that_fails_amid_a_rebalance_is_tried_again()
    {
        PauseAll();
        _consumer.OnCall = _ => throw new KafkaException(ErrorCode.Local_State);
        MayRead(0);
        _consumer.OnCall = _ => { };

        MayRead(0);

        Assert.Equal(["pause 0,1", "resume 0,1"], _consumer.Calls);
    }

    [Fact]
    public void A_partition_with_too_many_records_in_doubt_is_paused_alone_until_half_of_them_are_done()
    {
        var numbers = Enumerable.Range(0, MaxPending).Select(offset => _partitions[1].Offsets.Begin(offset)).ToList();

        MayRead(0);
        Assert.Equal(["pause 1"], _consumer.Calls);
        Assert.Equal(1, _meters.Metrics.HeldPartitions);
        Assert.False(_meters.Metrics.IsPaused);

        numbers.Take((MaxPending / 2) - 1).ToList().ForEach(_partitions[1].Offsets.Complete);
        MayRead(0);
        Assert.Equal(["pause 1"], _consumer.Calls);
        _partitions[1].Offsets.Complete(numbers[(MaxPending / 2) - 1]);
        MayRead(0);

        Assert.Equal(["pause 1", "resume 1"], _consumer.Calls);
        Assert.Equal(0, _meters.Metrics.HeldPartitions);
    }

    [Fact]
    public void A_partition_whose_dead_letters_are_not_taken_is_paused_alone()
    {
        _partitions[0].SetAsideBytes = Budget / 4;
        MayRead(0);
        _partitions[0].SetAsideBytes = (Budget / 8) + 1;
        MayRead(0);
        Assert.Equal(["pause 0"], _consumer.Calls);
        _partitions[0].SetAsideBytes = Budget / 8;
        MayRead(0);

        Assert.Equal(["pause 0", "resume 0"], _consumer.Calls);
    }

    [Fact]
    public void What_is_set_aside_shows_as_the_sum_of_all_partitions()
    {
        _partitions[0].SetAsideBytes = 40;
        _partitions[1].SetAsideBytes = 2;

        MayRead(0);

        Assert.Equal(42, _meters.Metrics.SetAsideBytes);
    }

    [Fact]
    public void A_pause_of_all_is_told_of_once_and_so_is_its_end()
    {
        PauseAll();
        Assert.Single(_log.Lines);
        MayRead(Budget);
        MayRead(0);
        MayRead(0);

        Assert.Equal(
            ["Loki does not keep up: 1000 bytes wait for it, partitions are paused", "Loki keeps up again: partitions are resumed"],
            _log.Lines.Select(line => line.Text));
    }

    [Fact]
    public void A_partition_that_is_paused_alone_is_told_of_once_with_the_record_that_holds_it_up()
    {
        for (var offset = 0; offset < MaxPending; offset++)
            _partitions[1].Offsets.Begin(70 + offset);

        MayRead(0);
        Assert.Single(_log.Lines);
        MayRead(0);

        var line = Assert.Single(_log.Lines).Text;
        Assert.StartsWith("test-logs [1] is paused: 100 of its records", line, StringComparison.Ordinal);
        Assert.Contains("offset 70 ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_that_is_held_stays_paused_when_the_others_are_resumed()
    {
        PauseAll();
        for (var offset = 0; offset < MaxPending; offset++)
            _partitions[1].Offsets.Begin(offset);

        MayRead(0);

        Assert.Equal(["pause 0,1", "resume 0"], _consumer.Calls);
    }

    [Fact]
    public void Many_partitions_are_looked_at_once_an_interval()
    {
        Fill(FlowControl.Few + 1);
        MayRead(0);
        for (var offset = 0; offset < MaxPending; offset++)
            _partitions[1].Offsets.Begin(offset);

        _time.Advance(FlowControl.ApplyInterval - TimeSpan.FromTicks(1));
        MayRead(0);
        Assert.Empty(_consumer.Calls);
        _time.Advance(TimeSpan.FromTicks(1));
        MayRead(0);

        Assert.Equal(["pause 1"], _consumer.Calls);
    }

    [Fact]
    public void Many_partitions_are_all_paused_and_resumed_at_once()
    {
        Fill(FlowControl.Few + 1);
        MayRead(0);

        PauseAll();
        Assert.StartsWith("pause 0,1,2,", Assert.Single(_consumer.Calls), StringComparison.Ordinal);
        MayRead(0);

        Assert.StartsWith("resume 0,1,2,", _consumer.Calls[^1], StringComparison.Ordinal);
    }

    public void Dispose() => _meters.Dispose();

    private bool MayRead(long waitingBytes) => _flow.MayRead(waitingBytes, _partitions);

    private void Fill(int partitions)
    {
        while (_partitions.Count < partitions)
            _partitions.Add(TestPartition.Create(partition: _partitions.Count));
    }

    private void PauseAll()
    {
        MayRead(Budget);
        _time.Advance(FlowControl.PauseAfter);
        MayRead(Budget);
    }
}
