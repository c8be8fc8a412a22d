using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Observability.Forwarder.Delivery;
using Observability.Fuzzing.Tests.Corpus;

namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>Records at random: mutated values of every format, odd keys and headers, tombstones, and values far too large.</summary>
internal sealed class RecordSource(Random random)
{
    /// <summary>What is too large for <c>Forwarder:MaxRecordBytes</c> in these tests.</summary>
    public const int MaxRecordBytes = 512 * 1024;

    private readonly Mutator _mutator = new(random);
    private long _origins;

    /// <summary>The topics, by the format that the Forwarder is told, and their samples.</summary>
    public static IReadOnlyDictionary<string, (string? Format, int Partitions, IReadOnlyList<byte[]> Samples)> Topics { get; } =
        new Dictionary<string, (string?, int, IReadOnlyList<byte[]>)>
        {
            ["test-logs"] = (null, 4, Samples.All),
            ["alloy-logs"] = (null, 2, Samples.OtlpProtobuf),
            ["of-protobuf"] = ("otlp-protobuf", 1, [.. Samples.OtlpProtobuf, .. Samples.Several]),
            ["of-otlp-json"] = ("otlp-json", 1, [.. Samples.OtlpJson, .. Samples.Several]),
            ["of-json"] = ("json", 1, [.. Samples.Lines, .. Samples.Several]),
            ["of-arrays"] = ("json-array", 1, Samples.Several),
            ["of-logfmt"] = ("logfmt", 1, Samples.Lines),
            ["of-text"] = ("text", 1, Samples.All),
        };

    /// <summary>A record for some partition.</summary>
    public (TopicPartition Partition, Message<byte[], byte[]> Message) Next()
    {
        // Half of them where the format is found out.
        var topic = random.Next(2) == 0 ? "test-logs" : Topics.Keys.ElementAt(random.Next(Topics.Count));
        var (_, partitions, samples) = Topics[topic];
        var message = new Message<byte[], byte[]>
        {
            Key = random.Next(4) switch { 0 => [], 1 => Bytes(20), _ => null! },
            Value = random.Next(200) switch
            {
                0 or 1 => null!,
                2 => [],
                3 => Large(),
                _ => _mutator.Next(samples),
            },
            Headers = Headers(topic),
        };
        if (random.Next(50) == 0)
        {
            var milliseconds = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + random.Next(-700_000_000, 700_000_000);
            message.Timestamp = new Timestamp(milliseconds, TimestampType.CreateTime);
        }

        return (new TopicPartition(topic, random.Next(partitions)), message);
    }

    private Headers? Headers(string topic)
    {
        if (random.Next(8) != 0)
            return null;
        var headers = new Headers();
        for (var i = random.Next(4); i > 0; i--)
        {
            var name = random.Next(3) switch
            {
                0 => "x",
                1 => DeadLetterHeaders.Prefix + (char)random.Next('a', 'z'),
                _ => Convert.ToHexString(Bytes(8)),
            };
            headers.Add(name, random.Next(4) == 0 ? null : Bytes(30));
        }

        switch (random.Next(6))
        {
            case 0:
                // As a replayed dead letter has it; of a partition that there is not, so that no two records have the same.
                var partition = random.Next(100, 200);
                var origin = string.Create(CultureInfo.InvariantCulture, $"{topic}/{partition}/{++_origins}");
                headers.Add(DeadLetterHeaders.Origin, Text(origin));
                headers.Add(DeadLetterHeaders.WantedLines, Text(random.Next(3) switch { 0 => "0", 1 => "0-1,3", _ => "nonsense" }));
                break;
            case 1:
                headers.Add(DeadLetterHeaders.Origin, random.Next(2) == 0 ? Text("a/b/c") : Bytes(12));
                headers.Add(DeadLetterHeaders.WantedLines, Text("0"));
                break;
            case 2:
                headers.Add(DeadLetterHeaders.Topic, Text("elsewhere"));
                headers.Add(DeadLetterHeaders.Lines, Text("0-9"));
                break;
        }

        return headers;
    }

    // A letter many times over: little on the wire, much behind it.
    private byte[] Large()
    {
        var length = random.Next(2) == 0 ? random.Next(20_000, MaxRecordBytes) : random.Next(MaxRecordBytes + 1, 4 * MaxRecordBytes);
        var value = new byte[length];
        value.AsSpan().Fill((byte)random.Next(' ', 'z'));
        for (var i = random.Next(3) == 0 ? random.Next(1, 4000) : value.Length; i < value.Length; i += random.Next(1, 4000))
            value[i] = (byte)'\n';
        return value;
    }

    private byte[] Bytes(int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
