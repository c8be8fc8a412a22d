using Confluent.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>Partitions in words.</summary>
internal static class PartitionRanges
{
    /// <summary>Each topic once, with its partitions as ranges: <c>alloy-logs 0-11, test-logs 0, 2-3</c>.</summary>
    public static string Describe(IEnumerable<TopicPartition> partitions)
    {
        var topics = partitions.GroupBy(partition => partition.Topic).OrderBy(topic => topic.Key, StringComparer.Ordinal);
        var text = string.Join(", ", topics.Select(topic => $"{topic.Key} {string.Join(", ", Ranges(topic))}"));
        return text.Length == 0 ? "none" : text;
    }

    private static IEnumerable<string> Ranges(IEnumerable<TopicPartition> partitions)
    {
        int? first = null;
        var last = 0;
        foreach (var number in partitions.Select(partition => partition.Partition.Value).Order())
        {
            if (first is { } start && number > last + 1)
            {
                yield return Range(start, last);
                first = null;
            }

            first ??= number;
            last = number;
        }

        if (first is { } rest)
            yield return Range(rest, last);
    }

    private static string Range(int first, int last) => first == last ? $"{first}" : $"{first}-{last}";
}
