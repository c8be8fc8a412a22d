using Confluent.Kafka;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class PartitionRangesTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("a 3", "a3")]
    [InlineData("a 0-2", "a2", "a0", "a1")]
    [InlineData("a 0, 2-3, 9, b 0", "b0", "a2", "a9", "a0", "a3")]
    public void Partitions_are_named_by_topic_and_range(string text, params string[] partitions) =>
        Assert.Equal(text, PartitionRanges.Describe(
            partitions.Select(partition => new TopicPartition(partition[..1], partition[1] - '0'))));
}
