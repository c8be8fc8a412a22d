namespace Observability.Forwarder.Tests;

public sealed class UpkeepTests : IDisposable
{
    private readonly LoopParts _parts = new();

    [Fact]
    public void Offsets_are_handed_on_once_an_interval()
    {
        var partition = _parts.Assign();
        partition.Offsets.Complete(partition.Offsets.Begin(7));
        Work();
        Assert.Equal(["store 0@8"], _parts.Consumer.Calls);

        partition.Offsets.Complete(partition.Offsets.Begin(8));
        _parts.Time.Advance(Upkeep.Interval - TimeSpan.FromTicks(1));
        Work();
        Assert.Equal(["store 0@8"], _parts.Consumer.Calls);

        _parts.Time.Advance(TimeSpan.FromTicks(1));
        Work();
        Assert.Equal(["store 0@8", "store 0@9"], _parts.Consumer.Calls);
    }

    [Fact]
    public void The_lag_is_measured_more_seldom()
    {
        var partition = _parts.Assign();
        _parts.Consumer.Ends[partition.Partition] = 20;
        partition.Offsets.Complete(partition.Offsets.Begin(7));
        Work();
        Assert.Equal(12, partition.Gauges.Lag);

        _parts.Consumer.Ends[partition.Partition] = 30;
        _parts.Time.Advance(Upkeep.LookInterval - TimeSpan.FromTicks(1));
        Work();
        Assert.Equal(12, partition.Gauges.Lag);

        _parts.Time.Advance(Upkeep.Interval);
        Work();
        Assert.Equal(22, partition.Gauges.Lag);
    }

    [Fact]
    public void A_partition_that_cannot_be_read_is_told_of()
    {
        var partition = _parts.Assign();
        _parts.Watch.CouldNotRead(partition, 17, "Decompression failed");
        _parts.Time.Advance(TimeSpan.FromSeconds(6));

        Work();

        Assert.Contains("offset 17", Assert.Single(_parts.Watch.Stalled), StringComparison.Ordinal);
    }

    public void Dispose() => _parts.Dispose();

    private void Work() => _parts.Upkeep.Work(TestContext.Current.CancellationToken);
}
