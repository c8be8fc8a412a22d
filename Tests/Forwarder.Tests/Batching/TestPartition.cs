using System.Text;
using Confluent.Kafka;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Batching;

internal static class TestPartition
{
    public static PartitionState Create(string topic = "test-logs", int partition = 0, params string[] defaults) =>
        new(new TopicPartition(topic, partition), new TopicState(topic, RecordFormat.Auto, [.. defaults.Select(Encoding.UTF8.GetBytes)]));
}
