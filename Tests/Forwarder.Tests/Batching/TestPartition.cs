using Confluent.Kafka;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Batching;

internal static class TestPartition
{
    public static PartitionState Create(string topic = "test-logs", int partition = 0) =>
        new(new TopicPartition(topic, partition), RecordFormat.Auto, new TopicCounters(topic));
}
