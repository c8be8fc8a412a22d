using System.Diagnostics.Metrics;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Tests.Delivery;

namespace Observability.Forwarder.Tests.Metrics;

public sealed class SeriesTests
{
    [Fact]
    public void Metrics_with_a_series_for_each_topic_are_those_that_may_have_many()
    {
        using var meters = new TestMeters();
        var metrics = meters.Metrics;
        metrics.CountersOf("topic");
        metrics.Partitions = [new PartitionGauges("topic", 0) { Lag = 1, StallReason = "reason" }];
        var byTopic = new HashSet<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, of) =>
        {
            if (instrument.Meter.Scope == meters.Scope)
                of.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(Note);
        listener.SetMeasurementEventCallback<double>(Note);
        listener.Start();

        listener.RecordObservableInstruments();
        metrics.Pushed(204, 1, TimeSpan.FromSeconds(1));
        metrics.Retry("reason");
        metrics.Rejected("reason", 1);
        metrics.DeadLettered("topic", "reason", 1);
        metrics.OffsetsReset("topic");
        metrics.CouldNotRead("topic");
        metrics.Rebalanced("assigned");
        metrics.Committed(true);
        metrics.Latency(TimeSpan.FromSeconds(1));

        Assert.Equal(ForwarderMetrics.ByTopic.Order(), byTopic.Order());

        void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            foreach (var (name, _) in tags)
            {
                if (name == "topic")
                    byTopic.Add(instrument.Name);
            }
        }
    }
}
