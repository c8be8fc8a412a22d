using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Tests.Batching;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class StallWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeConsumer _consumer = new();
    private readonly LogRecorder<StallWatch> _log = new();
    private readonly PartitionState _partition = TestPartition.Create();
    private readonly StallWatch _watch;

    public StallWatchTests() => _watch = new(_consumer, _time, _log);

    [Fact]
    public async Task A_batch_that_stays_unreadable_is_told_of_once_with_topic_partition_and_offsets()
    {
        _consumer.Ends[_partition.Partition] = 500;
        for (var second = 0.0; second < 60; second += 0.5)
        {
            _watch.CouldNotRead(_partition, 17, "Decompression failed");
            Look(TimeSpan.FromSeconds(0.5));
        }

        var line = Assert.Single(_log.Lines);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains("test-logs [0] stands at offset 17 of 500", line.Text, StringComparison.Ordinal);
        Assert.Contains("Decompression failed", line.Text, StringComparison.Ordinal);
        Assert.Contains("set Forwarder:SkipUnreadable", line.Text, StringComparison.Ordinal);
        Assert.Equal(StallWatch.Unreadable, _partition.Gauges.StallReason);
        var health = await new StalledPartitionsHealthCheck(_watch).CheckHealthAsync(new HealthCheckContext(),
            TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("offset 17", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_is_read_in_the_end_is_no_stall()
    {
        _watch.CouldNotRead(_partition, 17, "half a batch");
        Look(StallWatch.UnreadableAfter - TimeSpan.FromSeconds(1));
        _partition.Unreadable = null;
        Look(TimeSpan.FromSeconds(2));

        Assert.Empty(_log.Lines);
        var health = await new StalledPartitionsHealthCheck(_watch).CheckHealthAsync(new HealthCheckContext(),
            TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Healthy, health.Status);
    }

    [Fact]
    public void A_partition_with_records_of_which_none_is_read_is_a_stall()
    {
        Read(16);
        _consumer.Ends[_partition.Partition] = 20;
        Look(TimeSpan.Zero);
        Look(StallWatch.StalledAfter);

        Assert.Equal(StallWatch.NotRead, _partition.Gauges.StallReason);
        Assert.Contains("offset 17 of 20: nothing is read", Assert.Single(_watch.Stalled), StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_is_unreadable_for_good_after_five_seconds()
    {
        _watch.CouldNotRead(_partition, 17, "half a batch");
        _time.Advance(StallWatch.UnreadableAfter - TimeSpan.FromTicks(1));
        Assert.False(_watch.IsStuckAt(_partition.Unreadable));

        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True(_watch.IsStuckAt(_partition.Unreadable));
    }

    [Fact]
    public void A_partition_that_moves_is_no_stall_however_long_its_backlog_takes()
    {
        _consumer.Ends[_partition.Partition] = 1000;
        for (var offset = 0; offset < 10; offset++)
        {
            Read(offset);
            Look(TimeSpan.Zero);
            Look(StallWatch.StalledAfter - TimeSpan.FromTicks(1));
            Assert.Null(_partition.Gauges.StallReason);
        }
    }

    [Fact]
    public void A_partition_of_which_nobody_can_say_where_it_ends_is_none()
    {
        _consumer.IsChanging = true;
        Look(TimeSpan.Zero);
        Look(StallWatch.StalledAfter);

        Assert.Null(_partition.Gauges.StallReason);
    }

    [Fact]
    public void A_partition_that_is_paused_or_has_nothing_to_read_is_none()
    {
        Read(19);
        _consumer.Ends[_partition.Partition] = 20;
        Look(TimeSpan.Zero);
        Look(StallWatch.StalledAfter);
        Assert.Null(_partition.Gauges.StallReason);
        _consumer.Ends[_partition.Partition] = 30;
        _partition.IsPaused = true;
        Look(StallWatch.StalledAfter);

        Assert.Null(_partition.Gauges.StallReason);
    }

    [Fact]
    public void A_partition_whose_records_are_not_delivered_is_a_stall_until_it_moves()
    {
        var number = _partition.Offsets.Begin(3);
        Look(TimeSpan.Zero);
        Look(StallWatch.StalledAfter);
        Assert.Equal(StallWatch.NotDelivered, _partition.Gauges.StallReason);
        Assert.Contains("test-logs [0] stands at offset 3 of", Assert.Single(_watch.Stalled), StringComparison.Ordinal);
        Assert.Contains("neither stored by Loki nor written as a dead letter", _watch.Stalled[0], StringComparison.Ordinal);

        _partition.Offsets.Complete(number);
        Look(TimeSpan.Zero);

        Assert.Null(_partition.Gauges.StallReason);
        Assert.Empty(_watch.Stalled);
        Assert.Equal([LogLevel.Error, LogLevel.Information], _log.Lines.Select(line => line.Level));
    }

    [Fact]
    public async Task Many_partitions_that_stand_at_once_are_one_line_of_the_log()
    {
        var partitions = Enumerable.Range(0, 24).Select(number => TestPartition.Create("test-logs", number)).ToList();
        partitions.ForEach(partition => partition.Offsets.Begin(3));
        _watch.Look(partitions);
        _time.Advance(StallWatch.StalledAfter);
        _watch.Look(partitions);

        var line = Assert.Single(_log.Lines).Text;
        Assert.StartsWith("24 partitions", line, StringComparison.Ordinal);
        Assert.EndsWith("and 21 more", line, StringComparison.Ordinal);
        Assert.Equal(24, _watch.Stalled.Count);
        var health = await new StalledPartitionsHealthCheck(_watch).CheckHealthAsync(new HealthCheckContext(),
            TestContext.Current.CancellationToken);
        Assert.Equal(24, health.Description!.Split("; ").Length);
    }

    private void Read(long offset)
    {
        _partition.LastOffset = offset;
        _partition.Offsets.Complete(_partition.Offsets.Begin(offset));
    }

    private void Look(TimeSpan after)
    {
        _time.Advance(after);
        _watch.Look([_partition]);
    }
}
